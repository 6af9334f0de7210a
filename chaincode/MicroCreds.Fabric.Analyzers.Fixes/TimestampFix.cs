using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MicroCreds.Fabric.Analyzers.Fixes;

/// <summary>Takes the time from the transaction, where one is at hand.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TimestampFix)), Shared]
public sealed class TimestampFix() : ExpressionFix(Rules.ClockId, "Use the transaction's timestamp")
{
    private protected override (SyntaxNode Old, SyntaxNode New)? Mend(
        SyntaxNode node, SemanticModel model, CancellationToken cancellationToken)
    {
        if (node is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Now" or "UtcNow" or "Today" } clock
            || model.GetSymbolInfo(clock, cancellationToken).Symbol is not IPropertySymbol property)
        {
            return null;
        }

        var transaction = model.LookupSymbols(node.SpanStart).FirstOrDefault(symbol => symbol is IParameterSymbol
        {
            Type: { Name: "TransactionContext" or "ChaincodeStub", ContainingNamespace.Name: "Chaincode" },
        });
        string? member = (property.ContainingType.Name, property.Name) switch
        {
            ("DateTimeOffset", "Now" or "UtcNow") => "Timestamp",
            ("DateTime", "Now" or "UtcNow") => "Timestamp.UtcDateTime",
            ("DateTime", "Today") => "Timestamp.UtcDateTime.Date",
            _ => null,
        };
        return transaction is null || member is null ? null : (clock, Parse($"{transaction.Name}.{member}"));
    }
}
