using System.Globalization;
using System.Text;
using Causeway.Turn.Engines.Portable;

namespace Causeway.Relay.Tests.Engines;

public class SendQueueTests
{
    private const int MaxBytes = 64 * 1024;
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(500);
    private readonly SendBudget _budget = new(16 * 1024 * 1024);

    [Fact]
    public void Answers_go_before_relayed_data_and_each_kind_in_its_order()
    {
        var queue = Queue();
        Add(queue, Channel("one"), Answer("two"), Data("three"), Answer("four"));

        Assert.Equal(["two", "four", "one", "three"], Texts(queue, 0));
    }

    [Fact]
    public void Relayed_data_that_waited_too_long_for_its_client_is_dropped_and_an_answer_is_not()
    {
        var queue = Queue();
        queue.SetBlocked();
        queue.Add(Answer("answer"), 1000);
        queue.Add(Channel("old"), 1000);
        queue.Add(Data("old too"), 1100);
        queue.Add(Channel("fresh"), 1200);
        queue.SetUnblocked(1650);

        Assert.Equal(["answer", "fresh"], Texts(queue, 1650));
    }

    [Fact]
    public void What_only_the_relay_itself_delayed_is_sent()
    {
        var queue = Queue();
        queue.SetBlocked();
        queue.SetUnblocked(900);
        queue.Add(Channel("the processor was busy"), 1000);

        Assert.Equal(["the processor was busy"], Texts(queue, 60_000));
    }

    [Fact]
    public void The_oldest_relayed_data_makes_room_for_new()
    {
        var queue = Queue();
        var crowded = 0;
        for (var i = 0; i < 200; i++) crowded += queue.Add(Channel($"{i} {new string('x', 1000)}"), 0).Crowded;

        Assert.InRange(queue.Bytes, MaxBytes / 2, MaxBytes);
        var left = Texts(queue, 0).Select(text => int.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(Enumerable.Range(crowded, 200 - crowded), left);
        Assert.InRange(crowded, 1, 199);
        Assert.Equal((0, 0), (queue.Bytes, _budget.Used));
    }

    [Fact]
    public void An_answer_is_queued_whatever_waits_and_then_its_client_is_not_read_from()
    {
        var queue = Queue();
        for (var i = 0; i < 1000; i++) queue.Add(Channel(new string('x', 1000)), 0);
        Assert.False(queue.IsAnswerBound);

        var answers = 0;
        for (; !queue.IsAnswerBound; answers++) Assert.Equal(0, queue.Add(Answer(new string('a', 100)), 0).Outdated);
        Assert.InRange(answers, 50, 200);
        var taken = queue.AnswersTakenAsync();
        for (var i = 0; i < answers; i++)
        {
            // It is read from again when half of the limit is free.
            Assert.Equal((answers - i) * QueuedMessage.CostOf(104) < SendQueue.AnswerBytes / 2, taken.IsCompleted);
            Assert.True(queue.TryTake(0, out var message, out _));
            Assert.False(message.IsMedia);
            queue.Sent(message);
        }
    }

    [Fact]
    public void A_thousand_slow_clients_stay_within_one_budget_and_leave_room_for_a_client_that_reads()
    {
        var budget = new SendBudget(1024 * 1024);
        var slow = Enumerable.Range(0, 1000).Select(_ => new SendQueue(budget, MaxBytes, MaxDelay)).ToArray();
        for (var round = 0; round < 50; round++)
            foreach (var queue in slow) queue.Add(Channel(new string('x', 100)), 0);

        Assert.InRange(budget.Used, 1, 1024 * 1024);
        var reader = new SendQueue(budget, MaxBytes, MaxDelay);
        Assert.Equal(0, reader.Add(Channel(new string('x', 100)), 0).Crowded);

        foreach (var queue in slow) queue.Close();
        reader.Close();
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public async Task A_waiting_writer_is_woken_by_a_message_and_by_the_end()
    {
        var queue = Queue();
        var waiting = queue.WaitAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        queue.Add(Channel("x"), 0);
        Assert.True(await waiting);
        Assert.True(queue.TryTake(0, out var message, out _));
        queue.Sent(message);

        waiting = queue.WaitAsync().AsTask();
        queue.Complete();
        Assert.False(await waiting);
        queue.Add(Channel("too late"), 0);
        Assert.Equal(0, queue.Bytes);
    }

    [Fact]
    public void A_closed_queue_gives_everything_back_and_holds_nobody_up()
    {
        var queue = Queue();
        while (!queue.IsAnswerBound) queue.Add(Answer("answer"), 0);
        queue.Add(Channel("media"), 0);
        var taken = queue.AnswersTakenAsync();
        Assert.True(queue.TryTake(0, out var message, out _));

        queue.Close();
        queue.Sent(message);
        Assert.True(taken.IsCompleted);
        Assert.Equal((0, 0), (queue.Bytes, _budget.Used));
    }

    private SendQueue Queue() => new(_budget, MaxBytes, MaxDelay);

    private static void Add(SendQueue queue, params byte[][] messages)
    {
        foreach (var message in messages) queue.Add(message, 0);
    }

    private static List<string> Texts(SendQueue queue, long now)
    {
        var texts = new List<string>();
        while (queue.TryTake(now, out var message, out _))
        {
            texts.Add(Encoding.ASCII.GetString(message.Bytes.Span[4..]));
            queue.Sent(message);
        }

        return texts;
    }

    private static byte[] Channel(string text) => [0x40, 0x00, 0, 0, .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Data(string text) => [0x00, 0x17, 0, 0, .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Answer(string text) => [0x01, 0x01, 0, 0, .. Encoding.ASCII.GetBytes(text)];
}
