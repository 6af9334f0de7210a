using MicroCreds.Fabric.Analyzers;
using Microsoft.CodeAnalysis;

namespace MicroCreds.Fabric.Generators;

/// <summary>What an interface must be to be a contract's. Examples stand in
/// chaincode/docs/typed-contracts.md.</summary>
internal static class ContractRules
{
    private const string Document = "chaincode/docs/typed-contracts.md";

    public static readonly DiagnosticDescriptor Interface = Rule(
        "MCF0101",
        "What cannot be a contract's interface",
        "'{0}' cannot describe a contract: {1}");

    public static readonly DiagnosticDescriptor Mark = Rule(
        "MCF0102",
        "A method that is no transaction",
        "'{0}' is {1}: mark it with one of [Submit], if it may write, and [Evaluate], if it only reads");

    public static readonly DiagnosticDescriptor Result = Rule(
        "MCF0103",
        "What a transaction cannot return",
        "'{0}' returns {1}: return Task, Task<T>, ValueTask or ValueTask<T>, since the call goes over a network");

    public static readonly DiagnosticDescriptor Argument = Rule(
        "MCF0104",
        "What cannot be an argument",
        "'{0}' cannot be an argument: {1}");

    public static readonly DiagnosticDescriptor Json = Rule(
        "MCF0105",
        "A type that is not among those of the JSON context",
        "'{0}' is not known to the serializer: {1}");

    public static readonly DiagnosticDescriptor Name = Rule(
        "MCF0106",
        "Two transactions of one name",
        "The contract has a transaction '{0}' already: give this one another name, as in [Submit(\"OtherName\")]");

    public static readonly DiagnosticDescriptor Call = Rule(
        "MCF0107",
        "Nothing to generate from",
        "'{0}' cannot be used here: {1}");

    public static readonly DiagnosticDescriptor Null = Rule(
        "MCF0108",
        "A result whose null is lost",
        "'{0}' returns '{1}', of which null and an empty one are the same bytes on the wire: return it without the "
        + "question mark, empty for nothing, or a record that holds it");

#pragma warning disable RS2008 // The releases' files are read by the descriptors' ids, which stand above.
    private static DiagnosticDescriptor Rule(string id, string title, string message) => new(
        id,
        title,
        message,
        "Contract",
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpAddress.Of(Document, id));
#pragma warning restore RS2008 // As above.
}
