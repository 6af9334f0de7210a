using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Interoperability;

/// <summary>What a verifier said of a sample.</summary>
/// <param name="Sample">The sample.</param>
/// <param name="Verifier">The package.</param>
/// <param name="Why">Why it refuses; null if it accepts.</param>
internal sealed record InteropAnswer(InteropSample Sample, string Verifier, string? Why)
{
    public bool Accepts => Why is null;

    public bool IsRight => Accepts == (Sample.State == SampleState.Valid);
}

/// <summary>The answers as a table, and those that are expected not to be right, each with its reason.</summary>
internal static class InteropMatrix
{
    private const string StatusElsewhere = "leaves the status to the program that uses it";
    private const string OneEntry =
        "looks at the one entry that an Open Badge has, which is that of revocations; a token's `status` says both";
    private const string SubjectOnly = "sees what the issuer signed, not the wallet's proof behind it";
    private const string AudienceElsewhere = "leaves the audience to the program that uses it";

    private static readonly (Func<InteropAnswer, bool> Is, string Reason)[] Exceptions =
    [
        (one => one.Verifier == "did-jwt-vc" && one.Sample.State == SampleState.Valid,
            "knows the data model 1.1 alone"),
        (one => one.Verifier == "Microsoft.IdentityModel.JsonWebTokens" && one.Sample.Key == KeyAlgorithm.Ed25519
            && one.Sample.State == SampleState.Valid, "knows no EdDSA"),
        (one => one.Verifier is "jose" or "did-jwt" && IsStatus(one), StatusElsewhere),
        (one => one.Verifier == "Microsoft.IdentityModel.JsonWebTokens" && one.Sample.Key == KeyAlgorithm.P256
            && IsStatus(one), StatusElsewhere),
        (one => one.Verifier == "Microsoft.IdentityModel.JsonWebTokens" && one.Sample.Key == KeyAlgorithm.P256
            && one.Sample.State == SampleState.WrongAudience, SubjectOnly),
        (one => one.Verifier == "@credo-ts/core" && one.Sample.Form == InteropSample.VcJwt && IsStatus(one),
            StatusElsewhere),
        (one => one.Verifier == "@digitalbazaar/vc" && one.Sample.State == SampleState.Suspended, OneEntry),
        (one => one.Verifier == "jose + @digitalbazaar/vc-bitstring-status-list"
            && one.Sample.State == SampleState.Suspended, OneEntry),
        (one => one.Verifier == "@sd-jwt/sd-jwt-vc" && one.Sample.State == SampleState.WrongAudience,
            AudienceElsewhere),
        (one => one.Verifier == "@credo-ts/core" && one.Sample.Form == InteropSample.SdJwtVcByUrl
            && one.Sample.State == SampleState.Valid, "takes DIDs and certificates alone, no issuer metadata"),
    ];

    /// <summary>Why an answer is expected not to be the right one; null if it is expected to be.</summary>
    public static string? ExceptionOf(InteropAnswer answer) =>
        Array.Find(Exceptions, exception => exception.Is(answer)).Reason;

    public static string Write(List<InteropAnswer> answers, string packageFile)
    {
        var versions = JsonNode.Parse(File.ReadAllText(packageFile))!["dependencies"]!.AsObject();
        var reasons = new List<string>();
        var text = new StringBuilder(
            """
            # What others' software says of our credentials

            Made by a test (`InteroperabilityTests`), which asks each of these, unmodified and offline, and fails when
            one says something else: `WRITE_INTEROPERABILITY=1` writes this page anew. "Accepts" and "refuses" is what
            they say; a number marks what is not the right answer, and why that is.


            """);
        foreach (var form in answers.GroupBy(answer => answer.Sample.Form))
        {
            var states = form.Select(answer => answer.Sample.State).Distinct().ToList();
            string names = string.Concat(states.Select(one => $" {NameOf(one)} |"));
            text.Append($"## {form.Key}\n\n| verifier | key |{names}\n");
            text.Append($"|---|---|{string.Concat(states.Select(_ => "---|"))}\n");
            foreach (var row in form.GroupBy(answer => (answer.Verifier, answer.Sample.Key))
                .OrderBy(row => row.Key.Verifier, StringComparer.Ordinal).ThenBy(row => row.Key.Key))
            {
                text.Append($"| {Versioned(row.Key.Verifier, versions)} | {row.Key.Key} |");
                foreach (var state in states)
                    text.Append($" {Cell(row.Single(answer => answer.Sample.State == state), reasons)} |");
                text.Append('\n');
            }

            text.Append('\n');
        }

        for (int i = 0; i < reasons.Count; i++) text.Append($"{i + 1}. It {reasons[i]}.\n");

        // Who refuses the good one, too, has not seen what is wrong with another.
        var seeing = answers.GroupBy(answer => (answer.Sample.Form, answer.Sample.Key, answer.Verifier))
            .Where(row => row.Any(answer => answer is { Sample.State: SampleState.Valid, Accepts: true })).ToList();
        int right = seeing.Sum(row => row.Count(answer => answer.IsRight));
        text.Append($"\n{right} of {answers.Count} answers are right: ");
        text.Append("a refusal counts only where the valid one is accepted.\n");
        return text.ToString();
    }

    private static string Cell(InteropAnswer answer, List<string> reasons)
    {
        string said = answer.Accepts ? "accepts" : "refuses";
        if (ExceptionOf(answer) is not { } reason) return said;
        if (!reasons.Contains(reason)) reasons.Add(reason);
        return $"{said} ({reasons.IndexOf(reason) + 1})";
    }

    private static string Versioned(string verifier, JsonObject versions) => string.Join(
        " + ", verifier.Split(" + ").Select(one => versions[one] is { } version ? $"`{one}` {version}" : $"`{one}`"));

    private static string NameOf(SampleState state) =>
        state == SampleState.WrongAudience ? "wrong audience" : state.ToString().ToLowerInvariant();

    private static bool IsStatus(InteropAnswer answer) =>
        answer.Sample.State is SampleState.Revoked or SampleState.Suspended;
}
