using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.CommandLine.Reporting;

namespace MicroCreds.Ledger.CommandLine.Commands;

/// <summary>microcreds issue --dry-run: what it would lead to, row by row.</summary>
internal static class DryRunCommand
{
    private const string Parameter = "?dryRun=true";

    /// <summary>Tells what a file would lead to.</summary>
    public static async Task<int> LookAsync(
        HttpClient gateway, FileInfo file, bool asJson, CancellationToken cancellationToken)
    {
        using var content = IssueCommand.RowsOf(file);
        using var answer = await gateway.PostAsync("v1/batches" + Parameter, content, cancellationToken);
        var found = await ReadAsync(answer, cancellationToken);
        if (asJson)
            Console.Out.WriteLine(found.ToJsonString());
        else
            TellRows(found);
        return CountOf(found, "faulty") + CountOf(found, "possibleDuplicates") == 0
            ? ExitCodes.Success : ExitCodes.BadData;
    }

    /// <summary>Tells what a lone request would lead to.</summary>
    public static async Task<int> LookAsync(
        HttpClient gateway, JsonObject request, bool asJson, CancellationToken cancellationToken)
    {
        using var answer = await gateway.PostAsJsonAsync("v1/credentials" + Parameter, request, cancellationToken);
        var found = await ReadAsync(answer, cancellationToken);
        string outcome = (string)found["outcome"]!;
        if (asJson)
            Console.Out.WriteLine(found.ToJsonString());
        else
            TellOne(outcome, found);
        return outcome is "ready" or "alreadyIssued" ? ExitCodes.Success : ExitCodes.BadData;
    }

    private static void TellOne(string outcome, JsonObject found)
    {
        string credential = found["credential"] is { } id ? $" {id}" : "";
        Console.Out.WriteLine(Plain.Line(outcome + credential));
        foreach (var fault in ListOf(found, "errors")) Console.Out.WriteLine(FaultOf(fault));
    }

    private static void TellRows(JsonObject found)
    {
        foreach (var row in ListOf(found, "faulty"))
        {
            foreach (var fault in ListOf(row, "errors"))
                Console.Out.WriteLine(Plain.Line($"faulty         row {row["row"]}, ") + FaultOf(fault));
        }

        foreach (var row in ListOf(found, "possibleDuplicates"))
            Console.Out.WriteLine(Plain.Line($"to decide      row {row["row"]}: {row["reason"]}"));
        foreach (var row in ListOf(found, "duplicates"))
            Console.Out.WriteLine(Plain.Line($"twice          row {row["row"]}: the same as row {row["sameAsRow"]}"));
        foreach (var row in ListOf(found, "alreadyIssued"))
            Console.Out.WriteLine(Plain.Line($"issued already row {row["row"]}: {row["credential"] ?? "in a batch"}"));
        Console.Out.WriteLine(
            $"{found["rows"]} rows: {found["ready"]} ready, {CountOf(found, "faulty")} faulty, "
            + $"{CountOf(found, "possibleDuplicates")} to decide, {CountOf(found, "duplicates")} twice, "
            + $"{CountOf(found, "alreadyIssued")} issued already. Nothing was done.");
    }

    private static string FaultOf(JsonObject fault) => Plain.Line($"{fault["pointer"]}: {fault["reason"]}");

    private static int CountOf(JsonObject found, string name) => found[name]?.AsArray().Count ?? 0;

    private static IEnumerable<JsonObject> ListOf(JsonObject of, string name) =>
        of[name]?.AsArray().Select(one => one!.AsObject()) ?? [];

    private static async Task<JsonObject> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await GatewayAccess.RequireSuccessAsync(answer, cancellationToken);
        return await GatewayAccess.ReadObjectAsync(answer, cancellationToken);
    }
}
