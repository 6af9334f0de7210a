using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Operator;

/// <summary>
/// An institution leaves the list of members on the ledger, by its own word or, where its gateway does not answer, by a
/// ballot of the others. From then on it is in no new policy; its peer still endorses that the old ones are made anew.
/// </summary>
internal static class Departure
{
    public static async Task RunAsync(
        InstitutionEntry leaving, IReadOnlyList<InstitutionEntry> others, CancellationToken cancellation)
    {
        string[] members = await MembersAsync(others[0], cancellation);
        if (members.Contains(leaving.MspId))
        {
            Console.WriteLine(await TryLeaveAsync(leaving, cancellation)
                ? $"1. {leaving.MspId} has left the list of members, by its own word."
                : await RemoveAsync(leaving.MspId, others, cancellation));
            members = [.. members.Where(member => member != leaving.MspId)];
        }
        else
        {
            Console.WriteLine($"1. {leaving.MspId} is not on the list of members.");
        }

        // Members who run elsewhere look after their own records; they are asked by whoever runs them.
        await RecordPolicies.WaitAsync(others, members, cancellation);
        Console.WriteLine("2. Every record can be changed by the peers of those who stay.");
    }

    private static async Task<string[]> MembersAsync(InstitutionEntry institution, CancellationToken cancellation)
    {
        var consortium = await GatewayCalls.FindAsync(institution, "/v1/consortium", cancellation);
        return [.. consortium!["members"]!.AsArray().Select(member => (string)member!)];
    }

    private static async Task<bool> TryLeaveAsync(InstitutionEntry leaving, CancellationToken cancellation)
    {
        try
        {
            await GatewayCalls.SendAsync(
                leaving, HttpMethod.Post, "/v1/consortium/departure", new JsonObject { ["mspId"] = leaving.MspId },
                cancellation);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Has the others admit one again that had left; nothing if it has not.</summary>
    public static async Task ReverseAsync(
        string mspId, IReadOnlyList<InstitutionEntry> others, CancellationToken cancellation)
    {
        var consortium = await GatewayCalls.FindAsync(others[0], "/v1/consortium", cancellation);
        if (!consortium!["former"]!.AsArray().Any(former => (string?)former!["mspId"] == mspId))
        {
            return;
        }

        var (ballot, state) = await DecideAsync("admitMember", mspId, others, cancellation);
        if (state != "accepted")
        {
            throw new OperatorException(
                $"{mspId} had left, and the ballot {ballot} that lets it come back is {state}: more members have to "
                + "vote for it; then run this again.");
        }
    }

    private static async Task<string> RemoveAsync(
        string mspId, IReadOnlyList<InstitutionEntry> others, CancellationToken cancellation)
    {
        var (ballot, state) = await DecideAsync("removeMember", mspId, others, cancellation);
        return state == "accepted"
            ? $"1. {mspId} does not answer; the others have removed it from the list of members by a ballot."
            : throw new OperatorException(
                $"{mspId} does not answer, and the ballot {ballot} that removes it is {state}: more members have to "
                + "vote for it; then run this again.");
    }

    private static async Task<(string Ballot, string State)> DecideAsync(
        string action, string mspId, IReadOnlyList<InstitutionEntry> others, CancellationToken cancellation)
    {
        string id = $"members-{Guid.NewGuid():n}"[..16];
        await GatewayCalls.SendAsync(
            others[0], HttpMethod.Post, "/v1/ballots",
            new JsonObject { ["id"] = id, ["action"] = action, ["subject"] = mspId }, cancellation);
        string state = "open";
        foreach (var member in others.TakeWhile(_ => state == "open"))
        {
            var ballot = await GatewayCalls.SendAsync(
                member, HttpMethod.Post, $"/v1/ballots/{others[0].MspId}.{id}/votes",
                new JsonObject { ["approve"] = true }, cancellation);
            state = (string?)ballot?["state"] ?? state;
        }

        return ($"{others[0].MspId}.{id}", state);
    }
}
