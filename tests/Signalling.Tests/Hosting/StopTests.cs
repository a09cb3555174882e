using Causeway.Signalling.Sessions;
using Causeway.Signalling.Tests.Service;
using Causeway.Signalling.Wire;
using Microsoft.Extensions.Logging;

namespace Causeway.Signalling.Tests.Hosting;

public class StopTests
{
    [Fact]
    public async Task A_stopping_server_tells_its_clients_to_come_back_and_logs_no_failure()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        using var silent = await server.ConnectAsync();
        await ann.ReceiveAsync<Joined>();

        var stopping = server.App.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(CloseCode.GoingAway, (await ann.ReceiveCloseAsync()).Code);
        Assert.Equal(CloseCode.GoingAway, (await bob.ReceiveCloseAsync()).Code);
        Assert.Equal(CloseCode.GoingAway, (await silent.ReceiveCloseAsync()).Code);
        await stopping;

        var since = server.Log.Lines.SkipWhile(line => !line.Text.Contains("Stopping", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(since);
        Assert.DoesNotContain(since, line => line.Level >= LogLevel.Warning && !LogLines.IsOfABusyMachine(line.Text));
    }

    [Fact]
    public async Task A_client_that_does_not_answer_the_close_holds_up_nothing()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");

        var stopping = server.App.StopAsync(TestContext.Current.CancellationToken);
        await TestServer.EventuallyAsync(
            () => server.Log.Lines.Any(line => line.Text.Contains("Stopping", StringComparison.Ordinal)), "the stop");
        server.Clock.Advance(Connection.CloseDeadline);

        await stopping;
        // Orleans may tell of a grain that a busy machine did not end in time.
        Assert.DoesNotContain(
            server.Log.Lines, line => line.Level >= LogLevel.Error && line.Text.StartsWith("Causeway.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_servers_on_one_machine_do_not_meet()
    {
        await using var one = await TestServer.StartAsync();
        await using var other = await TestServer.StartAsync();
        using var ann = await one.JoinAsync("tea");
        using var bob = await other.JoinAsync("tea");

        Assert.Empty(bob.Welcomed.Members);
        Assert.Empty(await ann.DrainAsync());
    }
}
