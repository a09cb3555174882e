using System.Security.Cryptography;
using Causeway.Lab.Browsers;

namespace Causeway.Lab.Page;

/// <summary>Modules of the page that compute rather than show, run in the browser that they are written for.</summary>
[Collection(OneMachineTests.Name)]
public class ModuleTests(OneMachine machine)
{
    [Fact]
    public Task An_outbox_keeps_what_is_not_acknowledged_and_refuses_beyond_its_bound() => ProvesAsync(
        """
        const { Outbox } = await import('/js/signalling/outbox.js');
        const outbox = new Outbox(3);
        const waiting = () => outbox.waiting.map(message => message.seq).join();
        is(outbox.push('a').seq, 1); outbox.push('b'); outbox.push('c');
        is(outbox.push('d'), null, 'a fourth is refused');
        is(outbox.acknowledge(2), 2); is(waiting(), '3');
        is(outbox.acknowledge(1), 0, 'an old acknowledgement changes nothing'); is(waiting(), '3');
        is(outbox.acknowledge(9), 0, 'nor does one of what was never sent'); is(waiting(), '3');
        is(outbox.acknowledge('3'), 0, 'nor one that is no number');
        is(outbox.push('d').seq, 4, 'numbers go on without a gap');
        """);

    [Fact]
    public Task An_inbox_takes_each_message_once_and_in_order() => ProvesAsync(
        """
        const { Inbox } = await import('/js/signalling/inbox.js');
        const inbox = new Inbox();
        is(inbox.accept(1), 'next'); is(inbox.accept(1), 'duplicate'); is(inbox.accept(3), 'gap');
        is(inbox.last, 1, 'a gap is not acknowledged');
        is(inbox.accept(2), 'next'); is(inbox.accept(3), 'next'); is(inbox.last, 3);
        for (const bad of [0, -1, 1.5, '4', null, undefined, NaN]) is(inbox.accept(bad), 'duplicate', `${bad} is dropped`);
        """);

    [Fact]
    public Task A_backoff_doubles_stays_bounded_and_starts_again() => ProvesAsync(
        """
        const { Backoff } = await import('/js/signalling/backoff.js');
        const longest = new Backoff(() => 1), shortest = new Backoff(() => 0);
        is(Array.from({ length: 7 }, () => longest.next()).join(), '500,1000,2000,4000,8000,15000,15000');
        is(shortest.next(), 250);
        longest.reset();
        is(longest.next(), 500);
        """);

    [Fact]
    public Task Close_codes_that_only_a_person_can_mend_are_not_retried() => ProvesAsync(
        """
        const { explainClose } = await import('/js/signalling/closing.js');
        for (const code of [1001, 1005, 1006, 1011, 1012, 1013, 4003, 4004, 4006, 4007, 4008]) {
          is(explainClose(code).again, true, `${code} is retried`);
          is(explainClose(code).words.endsWith('Trying again…'), true, `${code} has words`);
        }
        is(explainClose(1013).words.includes('full'), true);
        is(explainClose(4008).words.includes('your network'), true);
        for (const code of [1000, 1003, 1008, 1009, 4000, 4001, 4002, 4005]) {
          is(explainClose(code).again, false, `${code} is not`);
          is(explainClose(code).words.length > 10, true);
        }
        is(explainClose(4001, 'as the server says').words, 'as the server says');
        """);

    [Fact]
    public Task What_was_for_somebody_who_left_is_let_go_and_who_stays_out_of_reach_ends_the_session() => ProvesAsync(
        """
        const { Signalling } = await import('/js/signalling/signalling.js');
        let line;
        window.WebSocket = class {
          sent = [];
          closed = false;
          constructor() { line = this; }
          send(text) { this.sent.push(JSON.parse(text)); }
          close() { this.closed = true; }
        };
        const hear = message => line.onmessage({ data: JSON.stringify(message) });
        const said = () => line.sent.map(message => message.type).join();
        const signalling = new Signalling({ url: 'ws://nowhere', room: 'tea', name: '' });
        signalling.open();
        line.onopen();
        hear({ type: 'welcome', member: 'me', session: 'token', resumed: false, members: [], iceServers: [], limits: { outbox: 1 } });
        signalling.send('other', 'a');
        hear({ type: 'error', code: 'no-such-member', message: '', fatal: false, to: 'other' });
        signalling.send('other', 'b');
        is(said(), 'hello,signal,signal', 'the first one takes no place any more');
        signalling.send('other', 'c');
        is(said(), 'hello,signal,signal,leave', 'the others do not see the old session beside the new one');
        is(line.closed, true);
        signalling.leave();
        """);

    [Fact]
    public Task A_connection_that_does_not_answer_when_asked_is_replaced_at_once() => ProvesAsync(
        """
        const { Signalling } = await import('/js/signalling/signalling.js');
        const lines = [], timers = new Map();
        window.WebSocket = class {
          sent = [];
          closed = false;
          constructor() { lines.push(this); }
          send(text) { this.sent.push(JSON.parse(text)); }
          close(code) { this.closed = code; }
        };
        window.setTimeout = (action, after) => { timers.set(timers.size + 1, { action, after }); return timers.size; };
        window.clearTimeout = id => timers.delete(id);
        const waits = () => [...timers.values()].map(timer => timer.after);
        const passes = after => [...timers].filter(([, timer]) => timer.after === after).forEach(([id, { action }]) => { timers.delete(id); action(); });
        const hear = message => lines.at(-1).onmessage({ data: JSON.stringify(message) });
        const greet = resumed => {
          lines.at(-1).onopen();
          hear({ type: 'welcome', member: 'me', session: 'token', resumed, members: [], iceServers: [], limits: {} });
        };
        let alive = 0;
        const signalling = new Signalling({ url: 'ws://nowhere', room: 'tea', name: '' });
        signalling.on('alive', () => alive++);
        signalling.open();
        greet(false);
        is(alive, 1, 'a new connection is alive');

        signalling.check();
        signalling.check();
        is(lines[0].sent.filter(message => message.type === 'ping').length, 1, 'asked once');
        hear({ type: 'pong' });
        is(alive, 2, 'the answer was heard');
        is(waits().includes(2500), false, 'and the question is over');
        hear({ type: 'pong' });
        is(alive, 2, 'what was not asked for says nothing new');

        signalling.check();
        passes(2500);
        is(lines[0].closed, 4007, 'no answer: it is of no use, and that is no goodbye');
        signalling.check();
        is(lines.length, 2, 'a new one is made now, not after a pause');
        greet(true);
        is(lines[1].sent[0].resume, 'token', 'the session goes on');
        is(alive, 3);
        signalling.leave();
        """);

    [Fact]
    public Task A_hello_that_is_refused_is_told_and_not_said_again() => ProvesAsync(
        """
        const { Signalling } = await import('/js/signalling/signalling.js');
        const lines = [];
        window.WebSocket = class {
          constructor() { lines.push(this); }
          send() {}
          close(code) { this.closed = code; }
        };
        let ended = null;
        const signalling = new Signalling({ url: 'ws://nowhere', room: 'tea', name: 'x' });
        signalling.on('closed', closed => ended = closed);
        signalling.open();
        lines[0].onopen();
        lines[0].onmessage({ data: JSON.stringify({ type: 'error', code: 'bad-message', message: 'hello.name: too long', fatal: false }) });
        is(ended?.words, 'hello.name: too long');
        is(lines[0].closed, 1000, 'nobody waits for this one');
        await new Promise(resolve => setTimeout(resolve, 700));
        is(lines.length, 1, 'and no other is made');

        const refused = new Signalling({ url: 'ws://nowhere', room: 'tea', name: 'x' });
        const states = [];
        refused.on('state', ({ state, words }) => states.push([state, words]));
        refused.open();
        lines[1].onopen();
        lines[1].onmessage({ data: JSON.stringify({ type: 'error', code: 'address-full', message: 'too many', fatal: true }) });
        lines[1].onclose({ code: 4008 });
        is(states.at(-1)[0], 'waiting');
        is(states.at(-1)[1].includes('your network'), true, 'what passes is tried again, with a word');
        refused.leave();
        """);

    [Fact]
    public Task A_WebSocket_that_does_not_open_is_explained_by_what_the_server_answers_otherwise() => ProvesAsync(
        """
        const { Signalling } = await import('/js/signalling/signalling.js');
        let line;
        window.WebSocket = class {
          constructor() { line = this; }
          close() {}
        };
        const told = async url => {
          const signalling = new Signalling({ url, room: 'tea', name: 'x' });
          const words = [];
          signalling.on('state', state => state.words && words.push(state.words));
          signalling.open();
          line.onclose({ code: 1006 });
          for (let i = 0; i < 100 && words.length < 2; i++) await new Promise(resolve => setTimeout(resolve, 50));
          signalling.leave();
          return words;
        };
        const url = Object.assign(new URL('/ws', location.href), { protocol: 'ws:' }).href;
        const answering = await told(url);
        is(answering[0].includes('does not answer'), true, 'at once');
        is(answering.at(-1).includes('not over WebSocket'), true, 'the real server answers the page otherwise');
        window.fetch = () => Promise.reject(new TypeError('nothing answers'));
        is((await told(url)).length, 1, 'and where nothing answers nothing more is known');
        Object.defineProperty(navigator, 'onLine', { value: false, configurable: true });
        is((await told(url)).at(-1).includes('offline'), true);
        """);

    [Fact]
    public Task A_page_that_was_frozen_asks_before_it_gives_its_connection_up() => ProvesAsync(
        """
        const { Signalling } = await import('/js/signalling/signalling.js');
        let line, tick, now = 0;
        performance.now = () => now;
        window.setInterval = action => (tick = action, 1);
        window.WebSocket = class {
          sent = [];
          closed = 0;
          constructor() { line = this; }
          send(text) { this.sent.push(JSON.parse(text).type); }
          close(code) { this.closed = code; }
        };
        const hear = message => line.onmessage({ data: JSON.stringify(message) });
        const signalling = new Signalling({ url: 'ws://nowhere', room: 'tea', name: '' });
        signalling.open();
        line.onopen();
        hear({ type: 'welcome', member: 'me', session: 'token', resumed: false, members: [], iceServers: [], limits: {}, pingSeconds: 20 });
        now += 300_000;
        tick();
        is(line.closed, 0, 'thawed after five minutes: the connection may be good');
        is(line.sent.at(-1), 'ping');
        hear({ type: 'pong' });
        for (let i = 0; i < 2; i++) { now += 20_000; tick(); }
        is(line.closed, 0);
        now += 20_000;
        tick();
        is(line.closed, 4007, 'silent for more than two intervals while awake: it is dead');
        signalling.leave();
        """);

    [Fact]
    public Task A_page_names_the_one_before_it_in_its_tab_and_not_the_one_that_its_tab_was_copied_from() => ProvesAsync(
        """
        const { ClientKey } = await import('/js/signalling/client-key.js');
        sessionStorage.clear();
        const first = new ClientKey('tea');
        is(/^[A-Za-z0-9_-]{43}$/.test(first.value), true);
        await first.recall();
        is(first.replaces, undefined, 'nothing was before');
        first.keep();

        const copy = new ClientKey('tea');
        await copy.recall();
        is(copy.replaces, undefined, 'the first one lives');
        is(copy.value === first.value, false);

        first.release();
        const second = new ClientKey('tea'), elsewhere = new ClientKey('coffee');
        await second.recall();
        await elsewhere.recall();
        is(second.replaces, first.value);
        is(elsewhere.replaces, undefined, 'in another room nothing was before');
        sessionStorage.clear();
        """);

    [Fact]
    public Task A_connection_goes_on_under_other_ids_without_a_word_and_an_offer_that_was_lost_is_made_again() => ProvesAsync(
        """
        const { Peer } = await import('/js/call/peer.js');
        const told = [];
        let lost = null;
        const make = (role, other) => new Peer({
          role, iceServers: [], policy: 'all', tracks: { audio: null, video: null }, videoBound: {},
          send: payload => {
            const copy = JSON.parse(JSON.stringify(payload));
            if (lost) return lost.push(copy);
            told.push(copy);
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
        is(b.isOfAnother({ connection: 'another' }), false, 'nothing was said yet');
        b.announce();
        await until(() => a.state === 'connected' && b.state === 'connected', 'the connection');
        await new Promise(resolve => setTimeout(resolve, 300));

        const before = told.length;
        a.goOn('polite');
        b.goOn('impolite');
        await new Promise(resolve => setTimeout(resolve, 500));
        is(told.length, before, 'a healthy connection needs no word');

        lost = [];
        a.restart();
        await until(() => lost.some(({ description }) => description?.type === 'offer'), 'the offer that is lost');
        lost = null;
        b.goOn('polite');
        a.goOn('impolite');
        await until(() => told.slice(before).some(({ description }) => description?.type === 'answer'), 'the answer to the offer that is made again');
        await new Promise(resolve => setTimeout(resolve, 300));
        is([a.state, b.state].join(), 'connected,connected');

        const { connection } = told.at(-1);
        is(a.isOfAnother({ connection: 'another' }), true, 'it made a new one');
        is(a.isOfAnother({ connection: 'another', for: 'not this one' }), false, 'and what is meant for another is not looked at');
        is(a.isOfAnother({}), false, 'a page of an earlier version names none');
        is([a, b].some(peer => peer.isOfAnother({ connection })), true, 'each knows the other, not itself');
        a.close();
        b.close();
        """);

    [Fact]
    public Task A_silence_is_noticed_once_and_only_where_something_is_sent() => ProvesAsync(
        """
        const { Silence } = await import('/js/call/silence.js');
        const told = (measured, expected = true) => {
          const silence = new Silence(2);
          return measured.map(received => silence.measure(received, expected) ? 'silent' : '-').join(' ');
        };
        is(told([10, 20, 20, 20, 20, 20]), '- - - silent - -', 'once');
        is(told([10, 20, 20, 30, 30, 30, 30]), '- - - - - silent -', 'again after something came');
        is(told([0, 0, 0, 0]), '- - - -', 'nothing came yet');
        const excused = new Silence(2);
        excused.measure(10, true);
        excused.excuse();
        is([10, 10, 10, 10, 10].findIndex(received => excused.measure(received, true)), 4, 'a new path takes a while');
        excused.excuse();
        is([10, 10, 10, 10, 10].findIndex(received => excused.measure(received, true)), -1, 'and it is still the same silence');
        is(told([10, 10, 10, 10], false), '- - - -', 'the other side sends nothing');
        """);

    [Fact]
    public Task Another_network_is_noticed_by_being_online_again_or_by_another_kind_of_connection() => ProvesAsync(
        """
        const { onNetworkChange } = await import('/js/call/network.js');
        const connection = Object.assign(new EventTarget(), { type: 'wifi' });
        Object.defineProperty(navigator, 'connection', { value: connection });
        let changes = 0;
        const stop = onNetworkChange(() => changes++);
        const becomes = type => { connection.type = type; connection.dispatchEvent(new Event('change')); };
        dispatchEvent(new Event('online'));
        is(changes, 1);
        becomes('wifi');
        is(changes, 1, 'a new estimate of the speed is no other network');
        becomes('none');
        is(changes, 1, 'no network is none to look for a path in');
        becomes('cellular');
        is(changes, 2);
        stop();
        becomes('wifi');
        dispatchEvent(new Event('online'));
        is(changes, 2);
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
        is(media.devices.microphone, false, 'and others are told only of what is');

        await media.toggleMicrophone();
        await media.toggleCamera();
        is(given.length, 2, 'nobody is asked again');
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
    public async Task Sha256_of_pieces_is_that_of_the_whole()
    {
        var bytes = RandomNumberGenerator.GetBytes(1000);
        await ProvesAsync(
            $$"""
            const { Sha256 } = await import('/js/files/sha256.js');
            const bytes = Uint8Array.from(atob('{{Convert.ToBase64String(bytes)}}'), c => c.charCodeAt(0));
            for (const piece of [1, 55, 56, 63, 64, 65, 127, 1000]) {
              const hash = new Sha256();
              for (let i = 0; i < bytes.length; i += piece) hash.update(bytes.subarray(i, i + piece));
              is(hash.hex(), '{{Convert.ToHexStringLower(SHA256.HashData(bytes))}}', `pieces of ${piece}`);
            }
            for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 128]) {
              const own = new Sha256().update(bytes.subarray(0, length)).hex();
              const digest = [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.slice(0, length)))];
              is(own, digest.map(byte => byte.toString(16).padStart(2, '0')).join(''), `the first ${length}`);
            }
            """);
    }

    [Fact]
    public Task The_path_is_read_from_the_selected_pair_of_either_browsers_statistics() => ProvesAsync(
        """
        const { readStats } = await import('/js/call/path.js');
        const read = (local, remote, firefox) => readStats(Object.entries({
          t: firefox ? { type: 'codec' } : { type: 'transport', selectedCandidatePairId: 'p' },
          other: { type: 'candidate-pair', state: 'failed', nominated: false },
          p: { type: 'candidate-pair', state: 'succeeded', nominated: true, localCandidateId: 'l', remoteCandidateId: 'r', currentRoundTripTime: 0.034 },
          l: local, r: remote,
        }));
        const host = { candidateType: 'host' }, relay = { candidateType: 'relay' };
        is(read(host, host).path, 'direct');
        is(read(host, { candidateType: 'prflx' }, true).path, 'direct');
        for (const protocol of ['udp', 'tcp', 'tls']) is(read({ ...relay, relayProtocol: protocol }, host).path, `relay-${protocol}`);
        is(read({ ...relay, url: 'turns:relay.example:443?transport=tcp' }, relay).path, 'relay-tls');
        is(read({ ...relay, url: 'turn:relay.example:3478?transport=tcp' }, relay, true).path, 'relay-tcp');
        is(read(host, relay).path, 'relay-remote', 'of the other side’s relay no protocol is known');
        is(Math.round(read(host, host).rtt), 34);
        is(readStats([]).path, null);
        """);

    [Fact]
    public Task File_names_from_the_other_side_cannot_lead_astray() => ProvesAsync(
        """
        const { cleanName, formatSize } = await import('/js/files/names.js');
        is(cleanName('../../etc/passwd'), 'passwd');
        is(cleanName('C:\\Windows\\evil.exe'), 'evil.exe');
        is(cleanName('photo\u202egpj.exe'), 'photo_gpj.exe');
        is(cleanName('...'), 'file'); is(cleanName(''), 'file');
        is(cleanName('x'.repeat(500) + '.pdf').length, 120);
        is(cleanName('x'.repeat(500) + '.pdf').endsWith('.pdf'), true);
        is(formatSize(999), '999 bytes'); is(formatSize(4_830_000), '4.8 MB'); is(formatSize(250e9), '250 GB');
        """);

    [Fact]
    public Task Tiles_are_as_large_as_the_stage_allows() => ProvesAsync(
        """
        const { bestGrid } = await import('/js/ui/grid.js');
        is(JSON.stringify(bestGrid(1, 1600, 900)), '{"columns":1,"width":1600,"height":900}', 'one takes all');
        is(bestGrid(2, 1600, 500).columns, 2, 'side by side on a wide stage');
        is(bestGrid(2, 400, 800).columns, 1, 'one above the other on a phone');
        is(bestGrid(4, 1200, 700).columns, 2);
        is(bestGrid(7, 1600, 900).columns, 3);
        for (let count = 1; count <= 12; count++) {
          const { columns, width, height } = bestGrid(count, 1000, 600);
          is(columns * (width + 12) - 12 <= 1000 && Math.ceil(count / columns) * (height + 12) - 12 <= 600, true, `${count} fit`);
        }
        """);

    private Task ProvesAsync(string script) => ModuleScript.ProvesAsync(machine, script);
}
