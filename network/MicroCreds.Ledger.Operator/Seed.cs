using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Operator;

/// <summary>
/// Writes the sample institutions, achievements and pathways through their own gateways, as registrars would.
/// Members that the sample does not know say who they are by their description.
/// </summary>
internal static class Seed
{
    private static readonly TimeSpan MirrorPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MirrorPause = TimeSpan.FromMilliseconds(50);

    private static readonly string SampleFile = Path.Combine(Programs.Root, "network", "sample.json");

    public static async Task RunAsync(NetworkFile network, CancellationToken cancellation)
    {
        if (!File.Exists(SampleFile))
        {
            throw new OperatorException($"{SampleFile} is not there: restore it, or start with --no-seed.");
        }

        var sample = JsonNode.Parse(await File.ReadAllBytesAsync(SampleFile, cancellation))!.AsObject();
        var institutions = network.Institutions.Where(institution => sample.ContainsKey(institution.MspId)).ToList();
        var members = network.Institutions.Where(institution => RecordOf(institution) is not null).ToList();
        await Crowd.ForEachAsync(
            members,
            async (member, token) =>
            {
                // What an institution said of itself since stays as it is.
                await WaitForMirrorAsync(member, token);
                if (await GatewayCalls.FindAsync(member, $"/v1/institutions/{member.MspId}", token) is null)
                    await GatewayCalls.SendAsync(member, HttpMethod.Put, "/v1/institution", RecordOf(member), token);
            },
            cancellation);

        await Task.WhenAll(
            Confirmation.RunAsync(members, members, cancellation), PublishAsync(), AccreditAllAsync());
        await Task.WhenAll(
        [
            AgreeAsync(institutions, sample, cancellation),
            .. institutions.Select(institution =>
                PractiseAsync(institution, sample[institution.MspId]!, cancellation)),
        ]);

        Task AccreditAllAsync() => Task.WhenAll(institutions
            .Where(institution => (string?)sample[institution.MspId]!["kind"] == "accreditor")
            .Select(accreditor => AccreditAsync(accreditor, members, sample, cancellation)));

        Task PublishAsync() => Task.WhenAll(institutions.Select(async institution =>
        {
            await GatewayCalls.SendAllAsync(
                institution, HttpMethod.Post, "/v1/achievements", sample[institution.MspId]!["achievements"]!.AsArray(),
                cancellation);
            await GatewayCalls.SendAllAsync(
                institution, HttpMethod.Post, "/v1/pathways",
                sample[institution.MspId]!["pathways"]?.AsArray() ?? [], cancellation);

            // What somebody set since stays as it is.
            foreach (var offering in sample[institution.MspId]!["offerings"]?.AsArray() ?? [])
            {
                string achievement = (string)offering!["achievement"]!;
                string its = $"/v1/achievements/{institution.MspId}/{achievement}/offering";
                if (await GatewayCalls.FindAsync(institution, its, cancellation) is not null) continue;
                await GatewayCalls.SendAsync(
                    institution, HttpMethod.Put, $"/v1/achievements/{achievement}/offering",
                    SeededOffering.Of(offering.AsObject(), DateOnly.FromDateTime(DateTime.UtcNow)), cancellation);
            }

            foreach (var milestones in sample[institution.MspId]!["milestones"]?.AsArray() ?? [])
            {
                string path = $"/v1/pathways/{milestones!["pathway"]}/{milestones["version"]}/milestones";
                var standing = await GatewayCalls.FindAsync(institution, path, cancellation);
                if (standing?["items"] is JsonArray { Count: > 0 }) continue;
                await GatewayCalls.SendAsync(
                    institution, HttpMethod.Put, path,
                    new JsonObject { ["items"] = milestones["items"]!.DeepClone() }, cancellation);
            }
        }));

        JsonNode? RecordOf(InstitutionEntry institution) =>
            sample[institution.MspId]?["institution"] ?? InstitutionRecord.Of(institution);
    }

    /// <summary>A gateway that reads the ledger anew, as after an upgrade, knows nobody yet.</summary>
    private static async Task WaitForMirrorAsync(InstitutionEntry member, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < MirrorPatience;)
        {
            var said = await GatewayReadiness.AskAsync(http, member, cancellation);
            if (!said.Faults.Any(fault => fault.StartsWith("not ready: projection:", StringComparison.Ordinal))) return;
            await Task.Delay(MirrorPause, cancellation);
        }
    }

    /// <summary>Proposes what the sample agrees, and has each other party accept it.</summary>
    private static async Task AgreeAsync(
        IReadOnlyList<InstitutionEntry> institutions, JsonObject sample, CancellationToken cancellation)
    {
        foreach (var proposer in institutions)
        {
            foreach (var agreement in sample[proposer.MspId]!["agreements"]?.AsArray() ?? [])
            {
                var others = institutions.Where(one => one.MspId != proposer.MspId
                    && agreement!["parties"]!.AsArray().Any(party => (string?)party == one.MspId)).ToList();
                if (others.Count + 1 < agreement!["parties"]!.AsArray().Count) continue;
                await GatewayCalls.SendAllAsync(
                    proposer, HttpMethod.Post, "/v1/agreements", [agreement], cancellation);
                await Task.WhenAll(others.Select(other => GatewayCalls.SendAllAsync(
                    other, HttpMethod.Post,
                    $"/v1/agreements/{proposer.MspId}.{agreement["id"]}/versions/1/acceptance", [null], cancellation)));
            }
        }
    }

    /// <summary>Registers simulators, and says what practice in them counts for.</summary>
    private static async Task PractiseAsync(
        InstitutionEntry institution, JsonNode sample, CancellationToken cancellation)
    {
        await GatewayCalls.SendAllAsync(
            institution, HttpMethod.Post, "/v1/simulators", sample["simulators"]?.AsArray() ?? [], cancellation);
        foreach (var rule in sample["practiceRules"]?.AsArray() ?? [])
        {
            // The gateway reads what it has written a moment behind.
            string achievement = $"/v1/achievements/{institution.MspId}/{(string)rule!["achievement"]!}";
            while (await GatewayCalls.FindAsync(institution, achievement, cancellation) is null)
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellation);
            await GatewayCalls.SendAsync(institution, HttpMethod.Post, "/v1/practice-rules", rule, cancellation);
        }
    }

    /// <summary>
    /// Has the members admit an accreditor by a ballot like any, and it accredit the others for what the sample says.
    /// </summary>
    private static async Task AccreditAsync(
        InstitutionEntry accreditor, IReadOnlyList<InstitutionEntry> members, JsonObject sample,
        CancellationToken cancellation)
    {
        using (var http = new HttpClient { BaseAddress = new Uri(accreditor.GatewayUrl) })
        {
            var consortium = await http.GetFromJsonAsync<JsonObject>("/v1/consortium", cancellation);
            if (consortium!["accreditors"]!.AsArray().Any(term =>
                (string?)term!["mspId"] == accreditor.MspId && term["until"] is null))
                return;
        }

        string id = $"admit-{accreditor.MspId.ToLowerInvariant()}";
        var ballot = new JsonObject
        {
            ["id"] = id,
            ["action"] = "admitAccreditor",
            ["subject"] = accreditor.MspId,
        };
        await GatewayCalls.SendAllAsync(accreditor, HttpMethod.Post, "/v1/ballots", [ballot], cancellation);

        // One after the other: two votes in one block would be in each other's way. The last may find it decided.
        foreach (var member in members)
        {
            await GatewayCalls.SendAllAsync(
                member, HttpMethod.Post, $"/v1/ballots/{accreditor.MspId}.{id}/votes",
                [new JsonObject { ["approve"] = true }], cancellation);
        }

        var grants = sample[accreditor.MspId]!["accreditations"]?.AsArray() ?? [];
        await GatewayCalls.SendAllAsync(
            accreditor, HttpMethod.Post, "/v1/accreditations",
            grants.Where(grant => members.Any(one => one.MspId == (string?)grant!["mspId"])), cancellation);
    }
}
