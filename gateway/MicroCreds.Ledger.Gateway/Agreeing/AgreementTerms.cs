using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Agreeing;

/// <summary>
/// Takes an agreement apart into its terms. They are read off the statement itself, so that none that is signed can be
/// left out of a page or a comparison.
/// </summary>
public static class AgreementTerms
{
    /// <summary>The place of the clauses among the terms.</summary>
    public const string Clauses = "clauses";

    /// <summary>The place of what a clause is about; its parts are terms of their own.</summary>
    public const string Scope = "scope";

    /// <summary>What stands in a statement and is no term: what it is, for where, by whom, and its place.</summary>
    public static readonly IReadOnlyList<string> NoTerms = ["type", "ledger", "mspId", "id", "version", "keyId"];

    /// <summary>The terms that are no clause's.</summary>
    public static IReadOnlyList<AgreementTerm> Of(AgreementStatement statement) =>
    [
        .. Members(JsonSerializer.SerializeToNode(statement, LedgerJson.Options)!.AsObject(), "")
            .Where(term => term.Name != Clauses && !NoTerms.Contains(term.Name)),
    ];

    /// <summary>The terms of a clause.</summary>
    public static IReadOnlyList<AgreementTerm> Of(AgreementClause clause) =>
        [.. Members(NodeOf(clause), "").Where(term => term.Name != "id")];

    internal static JsonObject NodeOf(AgreementClause clause) =>
        JsonSerializer.SerializeToNode(clause, LedgerJson.Options)!.AsObject();

    private static IEnumerable<AgreementTerm> Members(JsonObject node, string prefix) =>
        node.SelectMany(member => member is { Key: Scope, Value: JsonObject scope }
            ? Members(scope, Scope + ".")
            : [new AgreementTerm(prefix + member.Key, member.Value)]);
}

/// <summary>One term.</summary>
/// <param name="Name">What it is called in the statement, such as <c>noticeDays</c> or <c>scope.levels</c>.</param>
/// <param name="Value">What it says.</param>
public sealed record AgreementTerm(string Name, JsonNode? Value);
