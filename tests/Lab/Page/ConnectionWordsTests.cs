using Causeway.Lab.Browsers;

namespace Causeway.Lab.Page;

/// <summary>What the page says of a connection: how good it is, what was tried, what is likely, and what became of a message.</summary>
[Collection(OneMachineTests.Name)]
public class ConnectionWordsTests(OneMachine machine)
{
    [Fact]
    public Task Quality_follows_round_trip_loss_and_freezes_of_the_last_seconds() => ProvesAsync(
        """
        const { judge, Quality } = await import('/js/call/quality.js');
        const good = { rtt: 40, lost: 0, sentLost: 0, frozen: 0 };
        is(judge(good).level, 'good'); is(judge(good).words.length, 0);
        is(judge({ ...good, rtt: null }).level, 'good', 'not measured yet');
        is(judge({ ...good, rtt: 25_000 }).level, 'poor'); is(judge({ ...good, rtt: 25_000 }).words[0], '25.0 s round trip');
        is(judge({ ...good, rtt: 400 }).level, 'fair');
        is(judge({ ...good, lost: 0.32 }).level, 'poor'); is(judge({ ...good, lost: 0.32 }).words[0], '32 % lost');
        is(judge({ ...good, sentLost: 0.05 }).level, 'fair'); is(judge({ ...good, sentLost: 0.05 }).words[0], '5 % of yours lost');
        is(judge({ ...good, rtt: 400, frozen: 1 }).words.join(), 'picture freezes,400 ms round trip', 'the worst comes first');

        const quality = new Quality();
        let at = { rtt: 40, received: { packets: 0, lost: 0 }, delivered: { packets: 0, lost: 0 }, frames: 0, frozen: 0 };
        const second = (change, moving = true) => {
          at = { ...at, rtt: change.rtt ?? 40, frames: at.frames + (change.frames ?? 30),
            received: { packets: at.received.packets + (change.packets ?? 100), lost: at.received.lost + (change.lost ?? 0) } };
          return quality.measure(at, moving).level;
        };
        is(second({}), 'good');
        is([second({}), second({ rtt: 900 })].join(), 'good,good', 'one late answer is no slow connection');
        is(second({ packets: 50, lost: 50 }), 'poor', 'loss shows at once');
        is([1, 2, 3, 4].map(() => second({})).at(-1), 'good', 'and is forgotten when it is over');
        is(second({ frames: 0 }), 'good', 'a measurement may be late');
        is(second({ frames: 0 }), 'poor', 'a picture that does not move for two seconds');
        quality.reset();
        is([1, 2, 3].map(() => second({ frames: 0 }, false)).at(-1), 'good', 'a screen may stand still');
        is(second({ packets: 1, lost: 2 }), 'good', 'few packets say little');
        """);

    [Fact]
    public Task Statistics_are_summed_over_audio_and_video() => ProvesAsync(
        """
        const { formatRtt, readStats } = await import('/js/call/path.js');
        const stats = readStats(Object.entries({
          t: { type: 'transport', selectedCandidatePairId: 'p' },
          p: { type: 'candidate-pair', localCandidateId: 'l', remoteCandidateId: 'r',
            bytesReceived: 900, bytesSent: 500, responsesReceived: 4, requestsReceived: 3 },
          l: { candidateType: 'host' }, r: { candidateType: 'host' },
          a: { type: 'inbound-rtp', kind: 'audio', packetsReceived: 50, packetsLost: -2 },
          v: { type: 'inbound-rtp', kind: 'video', packetsReceived: 70, packetsLost: 7, framesDecoded: 12, totalFreezesDuration: 1.5 },
          o: { type: 'outbound-rtp', packetsSent: 100 }, ri: { type: 'remote-inbound-rtp', packetsLost: 9 },
        }));
        is(JSON.stringify(stats.received), '{"packets":120,"lost":7}', 'a negative loss (duplicates) takes nothing away');
        is(JSON.stringify(stats.delivered), '{"packets":91,"lost":9}');
        is(JSON.stringify(stats.bytes), '{"received":900,"sent":500}');
        is(stats.heard, 907, 'answers to checks are signs of life too');
        is(stats.frozen, 1.5); is(stats.frames, 12);
        is(formatRtt(0.4), '< 1 ms'); is(formatRtt(34.4), '34 ms'); is(formatRtt(25_000), '25.0 s');
        """);

    [Fact]
    public Task What_was_tried_is_read_from_candidates_checks_and_servers_that_failed() => ProvesAsync(
        """
        const { explainAttempt, listAttempt, nameAttempt, readAttempt } = await import('/js/call/attempt.js');
        const turn = ['turn:r.example?transport=udp', 'turn:r.example?transport=tcp', 'turns:r.example:443'];
        const servers = [{ urls: ['stun:r.example'] }, { urls: turn }];
        const read = (entries, more = {}) => readAttempt(entries.map((entry, index) => [index, entry]),
          { iceServers: servers, policy: 'all', answered: true, gathering: false, failures: [], ...more });
        const local = (candidateType, more) => ({ type: 'local-candidate', candidateType, ...more });
        const remote = candidateType => ({ type: 'remote-candidate', candidateType });
        const outcome = (attempt, way) => new Map(listAttempt(attempt)).get(way);
        const likely = (attempt, words) => {
          const found = explainAttempt(attempt, 'Grace').likely;
          is(found.includes(words), true, found);
        };

        const timedOut = { url: 'turn:r.example:3478?transport=udp', code: 701, text: 'timed out' };
        const blocked = read([local('host'), remote('host')], { failures: [timedOut] });
        is(outcome(blocked, 'Direct'), 'tried'); is(outcome(blocked, 'Relay over UDP'), 'no answer');
        is(outcome(blocked, 'STUN'), 'no other address');
        is(nameAttempt(blocked), 'Tried: direct, STUN, relay over UDP, relay over TCP, relay over TLS');
        likely(blocked, 'No relay can be reached from here over UDP, TCP or TLS');

        const quota = { url: 'turn:r.example?transport=udp', code: 486, text: 'Allocation Quota Reached' };
        const refused = read([local('host')], { failures: [quota] });
        is(outcome(refused, 'Relay over UDP'), 'refused: quota reached (486)');
        likely(refused, 'quota reached (486)');

        const none = read([local('host'), remote('host')], { iceServers: [] });
        is(outcome(none, 'STUN'), 'not offered'); is(outcome(none, 'Relay over TLS'), 'not offered');
        is(nameAttempt(none), 'Tried: direct');
        likely(none, 'The server offers no relay and no STUN server');
        likely(read([], { iceServers: [], policy: 'relay' }), '“?relay”');
        likely(read([local('host')], { answered: false }), 'Grace’s page does not answer');

        const checks = { type: 'candidate-pair', requestsSent: 40, responsesReceived: 0 };
        const relayed = [local('relay', { relayProtocol: 'tls' }), remote('host'), checks];
        is(outcome(read(relayed), 'Relay over TLS'), 'reached'); is(outcome(read(relayed), 'Checks'), '40 sent, 0 heard');
        likely(read(relayed), 'Grace’s network reaches no relay');
        likely(read([...relayed, remote('relay')]), 'Both sides reach a relay');
        is(outcome(read([], { gathering: true }), 'Relay over TCP'), 'no answer yet');
        const only = read([], { policy: 'relay' });
        is(outcome(only, 'Direct'), 'left out: relay only'); is(outcome(only, 'STUN'), undefined);
        """);

    [Fact]
    public Task Each_state_of_a_connection_has_one_text() => ProvesAsync(
        """
        const { describeCall, describeJoining, describeMember, patience } = await import('/js/call/condition.js');
        const good = { level: 'good', words: [] };
        const flows = { connection: 'connected', path: 'direct', rtt: 34, quality: good };
        Object.assign(flows, { quiet: false, met: true, waited: 0, reachable: true });
        const member = change => describeMember({ ...flows, ...change });
        is(member({}).badge, 'Direct · 34 ms'); is(member({}).level, 'good');
        is(member({ quality: { level: 'poor', words: ['32 % lost', 'picture freezes'] } }).badge, 'Direct · 32 % lost');
        is(member({ quality: { level: 'poor', words: ['32 % lost'] } }).level, 'poor');
        const looks = { connection: 'connecting', path: null, met: false };
        is(member(looks).badge, 'Connecting'); is(member(looks).stuck, false);
        is(member({ ...looks, waited: patience }).badge, 'Not connected'); is(member({ ...looks, waited: patience }).stuck, true);
        is(member({ quiet: true }).badge, 'Reconnecting', 'the browser takes long to see that a path is dead');
        is(member({ quiet: true, waited: patience }).stuck, true);
        is(member({ ...looks, waited: patience, reachable: false }).stuck, false, 'without signalling the banner says what is wrong');
        is(member({ reachable: false }).badge, 'Direct · 34 ms');

        const call = change => describeCall({ reachable: false, online: true, members: 2, flowing: 0, silent: 0, ...change });
        is(call({ reachable: true }), '');
        is(call({}), 'The signalling server is out of reach. Reconnecting…', 'nothing is known of the media yet');
        is(call({ flowing: 1, silent: 1 }).includes('The call goes on'), true);
        is(call({ silent: 2 }).includes('The connection is lost'), true); is(call({ silent: 2 }).includes('goes on'), false);
        is(call({ silent: 2, online: false }).includes('offline'), true);
        is(call({ members: 0 }).includes('Others cannot join'), true);
        is(describeJoining({ online: false, words: 'full' }).includes('offline'), true);
        is(describeJoining({ online: true, words: 'full' }), 'full');
        is(describeJoining({ online: true }).includes('does not answer'), true);
        """);

    [Fact]
    public Task A_message_says_whom_it_did_not_reach() => ProvesAsync(
        """
        const { describeDelivery, list } = await import('/js/call/delivery.js');
        const { Chat } = await import('/js/call/chat.js');
        const words = delivery => describeDelivery({ got: [], waiting: [], missed: [], late: false, ...delivery }).words;
        is(words({}), 'Not sent: no one else is here');
        is(words({ waiting: ['Ada'] }), '', 'it is on its way');
        is(words({ waiting: ['Ada'], late: true }), 'Waiting for the connection to Ada');
        is(words({ got: ['Ada'], waiting: ['Emil'] }), 'Delivered to 1 of 2');
        is(words({ got: ['Ada'], missed: ['Emil'] }), 'Delivered to 1 of 2. Did not reach Emil');
        is(words({ got: ['Ada', 'Emil'] }), 'Delivered');
        is(list(['Ada', 'Emil', 'Flo', 'Grace', 'Hal']), 'Ada, Emil and 3 others');

        const line = (isOpen, takes) => ({ isOpen, sent: [], send(message) { this.sent.push(message); return takes; } });
        const person = (name, isOpen, takes = true) => ({ id: name, name, channel: line(isOpen, takes) });
        const [ada, emil, grace] = [person('Ada', true), person('Emil', false), person('Grace', true, false)];
        const chat = new Chat(() => [ada, emil, grace]);
        let last;
        chat.on('delivery', delivery => last = describeDelivery(delivery).words);
        chat.say('Hello');
        is(last, 'Did not reach Grace. Waiting for the connection to Ada and Emil', 'said at once, not after a while');
        chat.take(ada, { type: 'chat-got', id: ada.channel.sent[0].id });
        is(last, 'Delivered to 1 of 3. Did not reach Grace. Waiting for the connection to Emil');
        chat.take(ada, { type: 'chat-got', id: ada.channel.sent[0].id });
        is(last.startsWith('Delivered to 1 of 3'), true, 'confirmed twice is confirmed once');
        chat.lose(emil);
        is(last, 'Delivered to 1 of 3. Did not reach Grace and Emil');
        """);

    private Task ProvesAsync(string script) => ModuleScript.ProvesAsync(machine, script);
}
