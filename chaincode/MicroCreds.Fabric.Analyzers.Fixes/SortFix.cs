using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MicroCreds.Fabric.Analyzers.Fixes;

/// <summary>Sorts what has no order before it is walked through.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SortFix)), Shared]
public sealed class SortFix() : ExpressionFix(
    Rules.OrderId, "Sort it first", ("System", "StringComparer"), ("System.Linq", "Enumerable"))
{
    private protected override (SyntaxNode Old, SyntaxNode New)? Mend(
        SyntaxNode node, SemanticModel model, CancellationToken cancellationToken)
    {
        if (node is not ExpressionSyntax expression
            || ElementOf(model.GetTypeInfo(node, cancellationToken).Type) is not { } element)
        {
            return null;
        }

        // What writes a dictionary as an object would write its sorted pairs as a list, if it took them at all.
        bool isPair = element is INamedTypeSymbol { Name: "KeyValuePair" };
        if (isPair && expression.Parent is ArgumentSyntax
            && model.GetTypeInfo(node, cancellationToken).ConvertedType is not { TypeKind: TypeKind.Interface })
        {
            return null;
        }

        string? call = element is INamedTypeSymbol { Name: "KeyValuePair", TypeArguments: { Length: 2 } parts }
            ? ComparerOf(parts[0]) is { } ofKeys ? $"OrderBy(entry => entry.Key{ofKeys})" : null
            : ComparerOf(element) is { } comparer ? $"Order({comparer.TrimStart(',', ' ')})" : null;
        if (call is null)
        {
            return null;
        }

        // What is sorted is a sequence; where its number is wanted, too, it has to be a collection again.
        string sorted = $"{Operand(expression)}.{call}";
        bool isCounted = model.GetTypeInfo(node, cancellationToken).ConvertedType is
        { Name: "ICollection" or "IReadOnlyCollection", TypeKind: TypeKind.Interface };
        return (expression, Parse(isCounted ? $"[.. {sorted}]" : sorted));
    }

    private static ITypeSymbol? ElementOf(ITypeSymbol? type) => type?.AllInterfaces
        .Concat(type is INamedTypeSymbol { TypeKind: TypeKind.Interface } self ? [self] : [])
        .FirstOrDefault(one => one.OriginalDefinition.SpecialType
            == SpecialType.System_Collections_Generic_IEnumerable_T)?.TypeArguments[0];

    /// <summary>What to sort by: text by its characters, whole numbers as they are, nothing else.</summary>
    private static string? ComparerOf(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_String => ", StringComparer.Ordinal",
        SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_UInt32
            or SpecialType.System_UInt64 => "",
        _ => null,
    };
}
