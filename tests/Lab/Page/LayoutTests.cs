using Causeway.Lab.Browsers;

namespace Causeway.Lab.Page;

/// <summary>Where pictures lie on the stage, and how much of each is sent.</summary>
[Collection(OneMachineTests.Name)]
public class LayoutTests(OneMachine machine)
{
    [Fact]
    public Task A_shared_screen_is_large_and_no_picture_covers_another() => ProvesAsync(
        """
        const { layOut } = await import('/js/ui/layout.js');
        const area = ({ width, height }) => width * height;
        const before = (one, other) => one.x + one.width <= other.x || one.y + one.height <= other.y;
        const apart = (one, other) => before(one, other) || before(other, one);
        const inside = ({ x, y, width: w, height: h }, width, height) =>
          x >= 0 && y >= 0 && x + w <= width && y + h <= height && w > 30 && h > 30;
        for (const [width, height] of [[1252, 640], [374, 690], [800, 300], [1900, 1000]]) {
          for (let others = 1; others <= 7; others++) {
            for (const featured of [null, 'self', 0, others - 1]) {
              const { others: tiles, self } = layOut({ others, featured, width, height });
              const all = [...tiles, self], what = `${others} others, ${featured} on ${width} × ${height}`;
              is(all.every(tile => inside(tile, width, height)), true, `${what}: all are on the stage`);
              const large = featured === 'self' ? self : tiles[featured];
              if (featured !== null) is(area(large) > 0.55 * width * height, true, `${what}: the screen is large`);
              if (others === 1 && featured === null) continue;
              is(all.every((one, index) => all.slice(index + 1).every(other => apart(one, other))), true, `${what}: none covers another`);
            }
          }
        }
        is(layOut({ others: 0, featured: 'self', width: 800, height: 600 }).mode, 'alone');
        """);

    [Fact]
    public Task The_own_picture_lies_in_the_corner_that_was_chosen_beside_badge_and_name() => ProvesAsync(
        """
        const { corners, layOut, nearestCorner } = await import('/js/ui/layout.js');
        for (const [width, height] of [[1252, 640], [374, 690]]) {
          for (const corner of corners) {
            const { self, mode } = layOut({ others: 1, corner, width, height });
            is(mode, 'corner');
            is(nearestCorner(self.x + self.width / 2, self.y + self.height / 2, width, height), corner);
            is(self.y >= 50 || corner.startsWith('bottom'), true, 'the badge is not covered');
            is(corner !== 'bottom-left' || self.y + self.height <= height - 48, true, 'nor is the name');
          }
        }
        """);

    [Fact]
    public Task What_is_sent_follows_tile_size_and_number_of_people() => ProvesAsync(
        """
        const { videoFor } = await import('/js/call/rate.js');
        const captured = { width: 1280, height: 720 };
        const of = (people, shown = null, more = {}) => videoFor({ people, captured, shown, screen: false, ...more });
        is(of(1).scaleResolutionDownBy, 1); is(of(1).maxBitrate > 2_000_000, true, 'two people: full resolution');
        is(of(1, { width: 416, height: 240 }).scaleResolutionDownBy > 2, true, 'a small tile asks for a small picture');
        is(of(3, { width: 1600, height: 900 }).scaleResolutionDownBy, 1, 'a large tile for a large one');
        is(of(2, { width: 0, height: 0 }).scaleResolutionDownBy, 8, 'what is not shown costs little');
        for (let people = 1; people <= 7; people++) {
          for (const shown of [null, { width: 320, height: 180 }, { width: 900, height: 500 }, { width: 3000, height: 2000 }]) {
            const { maxBitrate, scaleResolutionDownBy: scale } = of(people, shown);
            is(maxBitrate * people <= 6_000_000, true, `${people} people: an upload carries all`);
            is(Number.isInteger(captured.width / scale) && captured.height / scale >= 90, true, `${people} people: ${scale}`);
            is(maxBitrate >= 100_000, true);
          }
        }
        is(of(3).scaleResolutionDownBy >= 2, true, 'before a page has said how large its tiles are');
        is(of(7, { width: 3000, height: 2000 }).scaleResolutionDownBy > 1, true, 'too little for a large picture makes a good smaller one');
        is(of(7, { width: 320, height: 180 }, { screen: true }).scaleResolutionDownBy, 1, 'text stays sharp');
        is(of(2, null, { captured: null }).scaleResolutionDownBy, 1, 'no camera');
        """);

    [Fact]
    public Task A_member_is_believed_only_sizes_that_a_screen_can_have() => ProvesAsync(
        """
        const { Member } = await import('/js/call/member.js');
        const tracks = { audio: null, video: null };
        const member = new Member({ id: 'm', name: 'Ada', role: 'polite', iceServers: [], policy: 'all', tracks, videoBound: {}, send() {} });
        const says = (width, height) => member.channel.emit('message', { type: 'picture', width, height });
        for (const [width, height] of [[-1, 10], [10, 1e9], [1.5, 10], ['9', 9], [null, 9], [NaN, 1]]) says(width, height);
        is(member.shown, null);
        says(640, 360);
        is(JSON.stringify(member.shown), '{"width":640,"height":360}');
        member.close();
        """);

    private Task ProvesAsync(string script) => ModuleScript.ProvesAsync(machine, script);
}
