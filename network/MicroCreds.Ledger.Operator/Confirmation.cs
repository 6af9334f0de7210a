using System.Diagnostics;
using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Operator;

/// <summary>
/// Has the members confirm who an institution is: whoever holds all keys brings about the ballot through each one's own
/// gateway. Where nobody does, each registrar votes for itself.
/// </summary>
internal static class Confirmation
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Confirms what institutions propose, some at once; what is confirmed already is passed over.</summary>
    public static Task RunAsync(
        IEnumerable<InstitutionEntry> subjects, IReadOnlyList<InstitutionEntry> members,
        CancellationToken cancellation) =>
        Crowd.ForEachAsync(
            subjects,
            (subject, token) => ConfirmAsync(
                subject, [.. members.Where(member => member.MspId != subject.MspId)], token),
            cancellation);

    private static async Task ConfirmAsync(
        InstitutionEntry subject, IReadOnlyList<InstitutionEntry> others, CancellationToken cancellation)
    {
        string path = $"/v1/institutions/{subject.MspId}";
        if (others.Count == 0 || await GatewayCalls.FindAsync(subject, path, cancellation) is not { } record
            || record["proposed"] is null)
        {
            return;
        }

        if (!await CanDecideAsync(subject, others, cancellation))
        {
            Console.WriteLine($"Too few members have registered to confirm who {subject.MspId} is: until they have, by "
                + "POST /v1/ballots, nothing that it issues is valid.");
            return;
        }

        // A gateway reads the ledger a moment behind the others, and puts the digest of what it knows into the ballot.
        await WaitAsync(
            async () => (await GatewayCalls.FindAsync(others[0], path, cancellation))?["proposed"]?.ToJsonString()
                == record["proposed"]!.ToJsonString(),
            $"{others[0].GatewayUrl} does not know what {subject.MspId} proposes", cancellation);
        string id = $"confirm-{Guid.NewGuid():n}"[..16];
        await GatewayCalls.SendAsync(
            others[0], HttpMethod.Post, "/v1/ballots",
            new JsonObject { ["id"] = id, ["action"] = "confirmIdentity", ["subject"] = subject.MspId }, cancellation);
        string state = "open";
        foreach (var member in others.TakeWhile(_ => state == "open"))
        {
            if (await GatewayCalls.FindAsync(subject, $"/v1/institutions/{member.MspId}", cancellation) is null)
            {
                continue;
            }

            var ballot = await GatewayCalls.SendAsync(
                member, HttpMethod.Post, $"/v1/ballots/{others[0].MspId}.{id}/votes",
                new JsonObject { ["approve"] = true }, cancellation);
            state = (string?)ballot?["state"] ?? state;
        }

        await WaitAsync(
            async () => (await GatewayCalls.FindAsync(subject, path, cancellation))?["proposed"] is null,
            $"The members have not confirmed who {subject.MspId} is: its ballot is {state}", cancellation);
    }

    private static async Task<bool> CanDecideAsync(
        InstitutionEntry subject, IReadOnlyList<InstitutionEntry> others, CancellationToken cancellation)
    {
        var consortium = await GatewayCalls.FindAsync(subject, "/v1/consortium", cancellation);
        int voters = consortium!["members"]!.AsArray().Count(member => (string?)member != subject.MspId);
        bool[] registered = await Task.WhenAll(others.Select(async other =>
            await GatewayCalls.FindAsync(subject, $"/v1/institutions/{other.MspId}", cancellation) is not null));
        return registered.Count(known => known) > voters / 2 && registered[0];
    }

    private static async Task WaitAsync(
        Func<Task<bool>> condition, string otherwise, CancellationToken cancellation)
    {
        long begin = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(begin) > Patience)
            {
                throw new OperatorException($"{otherwise}; waited for {Patience.TotalSeconds:F0} s.");
            }

            await Task.Delay(PollInterval, cancellation);
        }
    }
}
