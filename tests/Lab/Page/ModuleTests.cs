using Causeway.Lab.Browsers;

namespace Causeway.Lab.Page;

/// <summary>Modules of the page that need WebRTC, media devices or locks. tests/Page has the tests of the others.</summary>
[Collection(OneMachineTests.Name)]
public class ModuleTests(OneMachine machine)
{
    [Fact]
    public Task A_page_names_the_previous_page_of_its_tab_and_not_the_one_that_the_tab_was_duplicated_from() => ProvesAsync(
        """
        const { ClientKey } = await import('/js/signalling/client-key.js');
        sessionStorage.clear();
        const first = new ClientKey('tea');
        is(/^[A-Za-z0-9_-]{43}$/.test(first.value), true);
        await first.recall();
        is(first.replaces, undefined, 'there was no page before');
        first.keep();

        const copy = new ClientKey('tea');
        await copy.recall();
        is(copy.replaces, undefined, 'the first page is still open');
        is(copy.value === first.value, false);

        first.release();
        const second = new ClientKey('tea'), elsewhere = new ClientKey('coffee');
        await second.recall();
        await elsewhere.recall();
        is(second.replaces, first.value);
        is(elsewhere.replaces, undefined, 'another room');
        sessionStorage.clear();
        """);

    [Fact]
    public Task A_connection_continues_under_other_ids_without_signalling_and_a_lost_offer_is_sent_again() => ProvesAsync(
        """
        const { Peer } = await import('/js/call/peer.js');
        const sent = [];
        let lost = null;
        const make = (role, other) => new Peer({
          role, iceServers: [], policy: 'all', tracks: { audio: null, video: null }, videoBound: {},
          send: payload => {
            const copy = JSON.parse(JSON.stringify(payload));
            if (lost) return lost.push(copy);
            sent.push(copy);
            queueMicrotask(() => other().handle(copy));
          },
        });
        const until = async (holds, what) => {
          for (const deadline = performance.now() + 50_000; !holds(); await new Promise(resolve => setTimeout(resolve, 20)))
            if (performance.now() > deadline) throw new Error(`${what} did not happen`);
        };
        let a, b;
        a = make('impolite', () => b);
        b = make('polite', () => a);
        is(b.isOfAnother({ connection: 'another' }), false, 'no payload yet');
        b.announce();
        await until(() => a.state === 'connected' && b.state === 'connected', 'the connection');
        await new Promise(resolve => setTimeout(resolve, 300));

        const before = sent.length;
        a.goOn('polite');
        b.goOn('impolite');
        await new Promise(resolve => setTimeout(resolve, 500));
        is(sent.length, before, 'a healthy connection needs no signalling');

        lost = [];
        a.restart();
        await until(() => lost.some(({ description }) => description?.type === 'offer'), 'the lost offer');
        lost = null;
        b.goOn('polite');
        a.goOn('impolite');
        const isAnswered = () => sent.slice(before).some(({ description }) => description?.type === 'answer');
        await until(isAnswered, 'the answer to the second offer');
        await new Promise(resolve => setTimeout(resolve, 300));
        is([a.state, b.state].join(), 'connected,connected');

        const { connection } = sent.at(-1);
        is(a.isOfAnother({ connection: 'another' }), true, 'it made a new one');
        is(a.isOfAnother({ connection: 'another', for: 'not this one' }), false, 'and what is meant for another is not looked at');
        is(a.isOfAnother({}), false, 'a page of an earlier version names none');
        is([a, b].some(peer => peer.isOfAnother({ connection })), true, 'each knows the other, not itself');
        a.close();
        b.close();
        """);

    [Fact]
    public Task A_device_that_is_given_after_all_was_stopped_is_let_go() => ProvesAsync(
        """
        const { Media } = await import('/js/media/media.js');
        let give;
        navigator.mediaDevices.getUserMedia = () => new Promise(resolve => give = resolve);
        const media = new Media();
        const opening = media.toggleMicrophone();
        media.stop();
        const { stream } = new AudioContext().createMediaStreamDestination();
        give(stream);
        await opening;
        is(stream.getTracks()[0].readyState, 'ended');
        is(media.microphoneTrack, null);
        """);

    [Fact]
    public Task Devices_that_are_switched_off_while_they_open_stay_off() => ProvesAsync(
        """
        const { Media } = await import('/js/media/media.js');
        const given = [];
        navigator.mediaDevices.getUserMedia = () => new Promise(resolve => given.push(resolve));
        const media = new Media();
        const opening = media.start();
        is(media.wishes.microphone, true, 'what is asked for is shown as on');
        is(media.wishes.camera, true);
        is(media.devices.microphone, false, 'others hear only of open devices');

        await media.toggleMicrophone();
        await media.toggleCamera();
        is(given.length, 2, 'not asked again');
        const [microphone, camera] = [1, 2].map(() => new AudioContext().createMediaStreamDestination().stream);
        given[0](microphone);
        given[1](camera);
        await opening;
        is(microphone.getTracks()[0].enabled, false, 'who muted is not heard');
        is(media.microphoneTrack, microphone.getTracks()[0]);
        is(media.wishes.microphone, false);
        is(camera.getTracks()[0].readyState, 'ended', 'and not seen');
        is(media.devices.camera, false);

        await media.toggleMicrophone();
        is(media.devices.microphone, true);
        localStorage.clear();
        """);

    [Fact]
    public Task A_member_is_believed_only_sizes_that_a_screen_can_have() => ProvesAsync(
        """
        const { Member } = await import('/js/call/member.js');
        const tracks = { audio: null, video: null };
        const connection = { role: 'polite', iceServers: [], policy: 'all', tracks, videoBound: {}, send() {} };
        const member = new Member({ id: 'm', name: 'Ada', ...connection });
        const says = (width, height) => member.channel.emit('message', { type: 'picture', width, height });
        for (const [width, height] of [[-1, 10], [10, 1e9], [1.5, 10], ['9', 9], [null, 9], [NaN, 1]]) says(width, height);
        is(member.shown, null);
        says(640, 360);
        is(JSON.stringify(member.shown), '{"width":640,"height":360}');
        member.close();
        """);

    // Runs statements `is(found, expected, why)` in the page.
    private async Task ProvesAsync(string script)
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        await using var page = await CallPage.OpenAsync(machine.Second, machine.Service.Plan.Address.ToString());
        var wrong = await page.Page.EvaluateAsync<string[]>(
            $$"""
            async () => {
              const wrong = [];
              let proven = 0;
              const is = (found, expected, why = '') => {
                proven++;
                if (found !== expected) wrong.push(`${why}: expected ${expected}, found ${found}`);
              };
              {{script}}
              return proven > 0 ? wrong : ['nothing was proven'];
            }
            """);
        Assert.Empty(wrong);
    }
}
