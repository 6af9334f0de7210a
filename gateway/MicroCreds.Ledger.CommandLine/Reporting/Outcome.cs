using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.CommandLine.Reporting;

/// <summary>What came of one input.</summary>
/// <param name="Name">The input.</param>
/// <param name="Verdict">The verdict as a gateway, or the verifier of bundles, gives it.</param>
internal sealed record Outcome(string Name, JsonNode Verdict)
{
    private static readonly JsonSerializerOptions OneLine = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private string? Fault { get; init; }

    private int FaultCode { get; init; }

    private string Kind => (string?)Verdict["verdict"] ?? "indeterminate";

    /// <summary>An input about which nothing can be said.</summary>
    public static Outcome OfFault(string name, string fault, int exitCode) =>
        new(name, new JsonObject()) { Fault = fault, FaultCode = exitCode };

    /// <summary>
    /// Sums up for scripts: invalid comes before unreadable, and that before indeterminate; only if all are valid is
    /// it success.
    /// </summary>
    public static int ExitCodeOf(IReadOnlyList<Outcome> outcomes)
    {
        if (outcomes.Any(outcome => outcome.Fault is null && outcome.Kind == "invalid")) return ExitCodes.Invalid;
        int fault = outcomes.Select(outcome => outcome.FaultCode).DefaultIfEmpty().Max();
        if (fault > 0) return fault;
        return outcomes.All(outcome => outcome.Kind == "valid") ? ExitCodes.Success : ExitCodes.Indeterminate;
    }

    /// <summary>Writes it to standard output.</summary>
    public void Write(bool asJson)
    {
        if (asJson)
        {
            var line = new JsonObject { ["input"] = Name };
            if (Fault is not null) line["error"] = Fault;
            foreach (var (name, value) in Verdict.AsObject()) line[name] = value?.DeepClone();
            Console.Out.WriteLine(line.ToJsonString(OneLine));
            return;
        }

        if (Fault is not null)
        {
            Console.Out.WriteLine(Plain.Line($"error          {Name}: {Fault}"));
            return;
        }

        // What a reader must not miss stands in the first line, which may be all that is read of a long list.
        bool isToBeMinded = Verdict["headlineCodes"] is JsonArray { Count: > 0 };
        Console.Out.WriteLine(Plain.Line(
            $"{Kind,-14} {Name}{About()}{(isToBeMinded ? $" – {Verdict["headline"]}" : "")}"));
        if (!isToBeMinded && Verdict["headline"] is { } headline) Console.Out.WriteLine(Plain.Line($"  {headline}"));
        if (Verdict["foreign"] is { } foreign)
        {
            WriteForeign(foreign);
            return;
        }

        foreach (var check in Verdict["checks"]?.AsArray() ?? [])
        {
            if ((string?)check!["outcome"] == "pass") continue;
            Console.Out.WriteLine(Plain.Line($"  {check["outcome"],-8} {check["check"]}: {check["detail"]}"));
            if (check["nextStep"] is { } next) Console.Out.WriteLine(Plain.Line($"           {next}"));
        }

        // Of several in one file each has its own lines.
        foreach (var (index, one) in (Verdict["each"]?.AsArray() ?? []).Index())
            new Outcome($"{Name}, number {index + 1}", one!).Write(asJson: false);

        foreach (var notice in Verdict["notices"]?.AsArray() ?? [])
            Console.Out.WriteLine(Plain.Line($"  note     {notice!["detail"]}"));
        if (Verdict["asOf"] is { } asOf && Verdict["restsOn"] is JsonArray { Count: > 0 } rests)
        {
            string by = string.Join(", ", rests.Select(by => $"{by!["role"]} {by["name"]} ({by["mspId"]})"));
            Console.Out.WriteLine(Plain.Line($"  as of block {asOf["block"]}, {asOf["time"]}, by: {by}"));
        }
    }

    /// <summary>What it claims, and what was found of its signature: none of the checks was made.</summary>
    private static void WriteForeign(JsonNode foreign)
    {
        foreach (var (label, said) in ((string, JsonNode?)[])
            [("issuer", foreign["claimedIssuer"]), ("title", foreign["claimedTitle"])])
        {
            if (said is not null) Console.Out.WriteLine(Plain.Line($"  {label}, as it says itself: {said}"));
        }

        Console.Out.WriteLine(Plain.Line($"  signature: {foreign["signature"]?["detail"]}"));
    }

    private string About() => Verdict["credential"] is { } credential
        ? $": {credential["title"]}, {credential["recipient"] ?? "name withheld"}, by {credential["issuerName"]}"
        : "";
}
