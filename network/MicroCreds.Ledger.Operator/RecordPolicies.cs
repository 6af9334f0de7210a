using System.Diagnostics;
using MicroCreds.Ledger.Operator.Doctoring;

namespace MicroCreds.Ledger.Operator;

/// <summary>
/// Whether the endorsement policies of records name the members as they are: each gateway makes its own anew after
/// members came or left, and nobody may go from the channel before.
/// </summary>
internal static class RecordPolicies
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits until every gateway's records name these members.</summary>
    /// <exception cref="OperatorException">Some do not, or cannot be changed; the message says whose.</exception>
    public static async Task WaitAsync(
        IReadOnlyList<InstitutionEntry> institutions, IReadOnlyCollection<string> members,
        CancellationToken cancellation)
    {
        long begin = Stopwatch.GetTimestamp();
        while (true)
        {
            string?[] each = await Task.WhenAll(institutions.Select(one => FindLateAsync(one, members, cancellation)));
            string[] late = [.. each.OfType<string>()];
            if (late.Length == 0)
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(begin) > Patience)
            {
                throw new OperatorException(
                    $"Not all records can be changed by those who are members:\n  {string.Join("\n  ", late)}\n"
                    + "Nothing was taken from the channel. See to it that every member's peer and gateway run "
                    + "(scripts/status.sh, scripts/logs.sh gateway), and run this again.");
            }

            await Task.Delay(PollInterval, cancellation);
        }
    }

    /// <summary>Finds records that too few of the members can change.</summary>
    public static async Task<IEnumerable<Finding>> ExamineAsync(
        InstitutionEntry institution, CancellationToken cancellation)
    {
        try
        {
            var count = await ReadAsync(institution, cancellation);
            return count is { Waiting: 0, Stuck: 0 } ? [] :
            [
                new Finding(
                    $"Records of {institution.MspId}", Describe(count),
                    count.Stuck == 0
                        ? "let its gateway and every member's peer run; it makes them anew by itself."
                        : "start the peers of those who left, while they are in the channel, and restart its gateway."),
            ];
        }
        catch (Exception exception) when (exception is HttpRequestException or OperatorException)
        {
            return
            [
                new Finding(
                    $"Records of {institution.MspId}", $"its gateway does not count them: {exception.Message}",
                    "see what was found about the gateway and its peer."),
            ];
        }
    }

    private static async Task<string?> FindLateAsync(
        InstitutionEntry institution, IReadOnlyCollection<string> members, CancellationToken cancellation)
    {
        try
        {
            var count = await ReadAsync(institution, cancellation);
            return count is { Waiting: 0, Stuck: 0 } && count.Members.SetEquals(members) ? null : Describe(count);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperatorException)
        {
            return $"{institution.MspId}: {exception.Message}";
        }
    }

    private static string Describe(Count count) => count.Stuck > 0
        ? $"{count.MspId}: {count.Stuck} records can be changed only with members who left"
        : $"{count.MspId}: {count.Waiting} records still name others than {string.Join(", ", count.Members)}";

    private static async Task<Count> ReadAsync(InstitutionEntry institution, CancellationToken cancellation)
    {
        var said = await GatewayCalls.FindAsync(institution, "/v1/consortium/policies", cancellation)
            ?? throw new OperatorException(
                $"{institution.GatewayUrl} is of an older version, and does not count its records: upgrade it first.");
        return new Count(
            institution.MspId, said["members"]!.AsArray().Select(member => (string)member!).ToHashSet(),
            (int)said["waiting"]!, (int)said["stuck"]!);
    }

    private sealed record Count(string MspId, HashSet<string> Members, int Waiting, int Stuck);
}
