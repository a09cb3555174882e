using Causeway.Signalling.Relays;
using Causeway.Turn.Fleet;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Signalling.Tests.Relays;

public class RevocationLogTests
{
    private readonly FakeTimeProvider _clock = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void A_relay_is_told_what_it_has_not_heard()
    {
        var log = With(3);
        var (first, heard) = log.After(0);
        Assert.Equal(["subject-0", "subject-1", "subject-2"], first.Select(revoked => revoked.Subject));
        Assert.Empty(log.After(heard).Revocations);

        log.Add(One(3));
        // Its answer was lost, so it repeats what it heard before.
        Assert.Equal(["subject-3"], log.After(heard).Revocations.Select(revoked => revoked.Subject));
        Assert.Equal(["subject-3"], log.After(heard).Revocations.Select(revoked => revoked.Subject));
        Assert.Equal(4, log.After(0).Revocations.Count);
    }

    [Fact]
    public void Many_come_in_several_answers()
    {
        var log = With(450);
        var told = new List<string>();
        var heard = 0L;
        for (var round = 0; round < 4; round++)
        {
            (var next, heard) = log.After(heard);
            Assert.InRange(next.Count, 0, HeartbeatAnswer.MaxRevocations);
            told.AddRange(next.Select(revoked => revoked.Subject));
        }

        Assert.Equal(Enumerable.Range(0, 450).Select(i => $"subject-{i}"), told);
    }

    [Fact]
    public void What_an_earlier_run_of_the_service_told_does_not_count()
    {
        var (_, before) = With(5).After(0);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Single(With(1).After(before).Revocations);
        Assert.Single(With(1).After(long.MaxValue).Revocations);
        Assert.Single(With(1).After(long.MinValue).Revocations);
    }

    [Fact]
    public void What_has_ended_anyway_is_forgotten_and_the_numbers_go_on()
    {
        var log = With(2);
        var (_, heard) = log.After(0);
        _clock.Advance(TimeSpan.FromHours(2));
        Assert.Empty(log.After(0).Revocations);
        log.Add(One(2));
        Assert.Single(log.After(heard).Revocations);
        Assert.Single(log.After(0).Revocations);
    }

    [Fact]
    public void Beyond_its_bound_the_oldest_gives_way()
    {
        var log = With(RevocationLog.Capacity + 1);
        Assert.Equal("subject-1", log.After(0).Revocations[0].Subject);
    }

    private RevocationLog With(int count)
    {
        var log = new RevocationLog(_clock);
        for (var i = 0; i < count; i++) log.Add(One(i));
        return log;
    }

    private Revocation One(int number) => new($"subject-{number}", _clock.GetUtcNow().ToUnixTimeSeconds() + 3600);
}
