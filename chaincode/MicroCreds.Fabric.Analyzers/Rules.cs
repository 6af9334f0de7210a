using Microsoft.CodeAnalysis;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>The rules. Why each is one, and what to write instead, stands in chaincode/docs/analyzers.md.</summary>
internal static class Rules
{
    private const string Document = "chaincode/docs/analyzers.md";

    public const string ClockId = "MCF0001";
    public const string TextByCultureId = "MCF0004";
    public const string ComparisonByCultureId = "MCF0005";
    public const string OrderId = "MCF0006";
    public const string EscapedTaskId = "MCF0009";
    public const string EmptyValueId = "MCF0015";

    public static readonly DiagnosticDescriptor Clock = Determinism(
        ClockId,
        "A clock or a time zone",
        "'{0}' follows this machine's clock or time zone: use the transaction's timestamp, and say that dates are UTC");

    public static readonly DiagnosticDescriptor Randomness = Determinism(
        "MCF0002",
        "Randomness",
        "'{0}' is another on every peer: take an argument of the client's, or derive it from the transaction's id");

    public static readonly DiagnosticDescriptor Machine = Determinism(
        "MCF0003",
        "The machine, its files and its network",
        "'{0}' depends on the machine of one peer: read arguments and the ledger, and nothing else");

    public static readonly DiagnosticDescriptor TextByCulture = Determinism(
        TextByCultureId,
        "Text by culture",
        "'{0}' is written or read by the culture of one peer's machine: pass CultureInfo.InvariantCulture");

    public static readonly DiagnosticDescriptor ComparisonByCulture = Determinism(
        ComparisonByCultureId,
        "Comparison by culture",
        "'{0}' compares by the culture of one peer's machine: compare ordinally");

    public static readonly DiagnosticDescriptor Order = Determinism(
        OrderId,
        "An order that is not defined",
        "'{0}' has no defined order: sort it, or keep it in a sorted collection with an ordinal comparer");

    public static readonly DiagnosticDescriptor FloatingPoint = Determinism(
        "MCF0007",
        "Floating point in text",
        "'{0}' is floating point, which rounds as processors and libraries do: use decimal or whole numbers");

    public static readonly DiagnosticDescriptor ParallelWork = Determinism(
        "MCF0008",
        "Work in parallel or by time",
        "'{0}' makes the outcome depend on timing: a transaction is done step by step");

    public static readonly DiagnosticDescriptor EscapedTask = Determinism(
        EscapedTaskId,
        "A task that nobody waits for",
        "'{0}' may go on after the transaction's answer, and its error is lost: await it");

    public static readonly DiagnosticDescriptor KeptState = Determinism(
        "MCF0010",
        "State that outlives its transaction",
        "'{0}' is kept between transactions, of which each peer sees others: keep it on the ledger, or immutable");

    public static readonly DiagnosticDescriptor HashCode = Determinism(
        "MCF0011",
        "A hash code of this process",
        "'{0}' is seeded anew in every process: use a cryptographic hash of the bytes");

    public static readonly DiagnosticDescriptor UnboundedRead = Ledger(
        "MCF0012",
        "A read without an end in a transaction that writes",
        "'{0}' reads all there is, and fails at commit when anything of it changes: give it both ends");

    public static readonly DiagnosticDescriptor UncheckedRead = Ledger(
        "MCF0013",
        "A read that is not checked at commit in a transaction that writes",
        "'{0}' is not checked at commit, so what is written by it may be wrong: read by key or range");

    public static readonly DiagnosticDescriptor OwnWrite = Ledger(
        "MCF0014",
        "A read of the transaction's own write",
        "'{0}' returns the value before the transaction, not what is written above: keep that in a variable");

    public static readonly DiagnosticDescriptor EmptyValue = Ledger(
        EmptyValueId,
        "An empty value",
        "'{0}' is empty, which peers take for a deletion: delete the key, or write something");

    public static readonly DiagnosticDescriptor WriteInEvaluation = Ledger(
        "MCF0016",
        "A write in an evaluation",
        "'{0}' writes, and an evaluation may not: define the transaction by Submit");

    private static DiagnosticDescriptor Determinism(string id, string title, string message) =>
        Describe(id, title, message, nameof(Determinism));

    private static DiagnosticDescriptor Ledger(string id, string title, string message) =>
        Describe(id, title, message, nameof(Ledger));

#pragma warning disable RS2008 // The releases' files are read by the descriptors' ids, which stand above.
    private static DiagnosticDescriptor Describe(string id, string title, string message, string category) => new(
        id,
        title,
        message,
        category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpAddress.Of(Document, id));
#pragma warning restore RS2008 // As above.
}
