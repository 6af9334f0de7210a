using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>Finds comparing, sorting and changing of text that follows a culture by default.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ComparisonAnalyzer : ContractAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.Create(Rules.ComparisonByCulture);

    private protected override void Register(CompilationStartAnalysisContext start, ContractScope scope)
    {
        start.RegisterOperationAction(
            one =>
            {
                if (IsByCulture((IInvocationOperation)one.Operation))
                {
                    scope.Report(one, Rules.ComparisonByCulture, one.Operation);
                }
            },
            OperationKind.Invocation);
        start.RegisterOperationAction(
            one =>
            {
                var creation = (IObjectCreationOperation)one.Operation;
                if (SortsByCulture(creation) || creation.Arguments.Any(IgnoresCaseByCulture))
                {
                    scope.Report(one, Rules.ComparisonByCulture, one.Operation);
                }
            },
            OperationKind.ObjectCreation);
        start.RegisterOperationAction(
            one =>
            {
                if (one.Operation is IPropertyReferenceOperation { Property: { Name: "Default" } property }
                    && property.ContainingType is { Name: "Comparer", TypeArguments: { Length: 1 } compared }
                    && IsText(compared[0]) && IsOfSystem(property.ContainingType))
                {
                    scope.Report(one, Rules.ComparisonByCulture, one.Operation);
                }
            },
            OperationKind.PropertyReference);
        start.RegisterOperationAction(
            one =>
            {
                if (one.Operation is IFieldReferenceOperation { Field: { Name: "Empty" } field }
                    && IsSortedAndImmutable(field.ContainingType) && IsText(field.ContainingType.TypeArguments[0])
                    && one.Operation.Parent is not IInvocationOperation
                    {
                        TargetMethod.Name: "WithComparer" or "WithComparers",
                    })
                {
                    scope.Report(one, Rules.ComparisonByCulture, one.Operation);
                }
            },
            OperationKind.FieldReference);
    }

    private static bool IsByCulture(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (method.ContainingType.SpecialType is SpecialType.System_String or SpecialType.System_Char
            && call.Arguments.Any(argument => argument.Parameter?.Type.Name == "CultureInfo" && argument.Value.IsNull())
            || call.Arguments.Any(IgnoresCaseByCulture))
        {
            return true;
        }

        if (method.ContainingType.SpecialType == SpecialType.System_String)
        {
            return method.Name switch
            {
                "ToLower" or "ToUpper" => method.Parameters.IsEmpty,
                "Compare" => !NamesAComparison(method),
                "CompareTo" => true,
                "StartsWith" or "EndsWith" or "IndexOf" or "LastIndexOf" =>
                    method.Parameters[0].Type.SpecialType == SpecialType.System_String && !NamesAComparison(method),
                _ => false,
            };
        }

        return method.Name switch
        {
            "Order" or "OrderDescending" => IsOfLinq(method) && ComparesText(method, 0),
            "OrderBy" or "OrderByDescending" or "ThenBy" or "ThenByDescending" or "MaxBy" or "MinBy" =>
                IsOfLinq(method) && ComparesText(method, 1),
            "Max" or "Min" => IsOfLinq(method) && IsText(method.ReturnType) && !NamesAComparison(method),
            "ToLower" or "ToUpper" =>
                method.ContainingType.SpecialType == SpecialType.System_Char && method.Parameters.Length == 1,
            "CompareTo" => method.ContainingType is { Name: "IComparable", TypeArguments: { Length: 1 } compared }
                && IsText(compared[0]) && IsOfSystem(method.ContainingType),
            "Create" or "CreateBuilder" or "CreateRange" =>
                IsSortedAndImmutable(method.ContainingType) && ComparesText(method, 0),
            "ToImmutableSortedDictionary" or "ToImmutableSortedSet" => ComparesText(method, 0),
            "Sort" or "BinarySearch" => IsOfSystem(method.ContainingType) && !NamesAComparison(method)
                && (ComparesText(method, 0) || IsText(method.ContainingType.TypeArguments.FirstOrDefault())),
            _ => false,
        };
    }

    private static bool SortsByCulture(IObjectCreationOperation creation) =>
        creation.Type is INamedTypeSymbol
        {
            Name: "SortedDictionary" or "SortedSet" or "SortedList" or "PriorityQueue",
        } type
        && IsText(type.TypeArguments.ElementAtOrDefault(type.Name == "PriorityQueue" ? 1 : 0))
        && creation.Constructor is { } constructor && !NamesAComparison(constructor);

    /// <summary>A regular expression that ignores case does so as the culture does, unless it is told otherwise.
    /// </summary>
    private static bool IgnoresCaseByCulture(IArgumentOperation argument) =>
        argument.Parameter?.Type.Name == nameof(RegexOptions) && argument.Value.ConstantValue.Value is int options
        && ((RegexOptions)options).HasFlag(RegexOptions.IgnoreCase)
        && !((RegexOptions)options).HasFlag(RegexOptions.CultureInvariant);

    private static bool IsSortedAndImmutable(INamedTypeSymbol type) =>
        type.Name is "ImmutableSortedDictionary" or "ImmutableSortedSet" && IsOfSystem(type);

    private static bool ComparesText(IMethodSymbol method, int key) =>
        method.TypeArguments.Length > key && IsText(method.TypeArguments[key]) && !NamesAComparison(method);

    private static bool IsOfLinq(IMethodSymbol method) =>
        method.ContainingType.ContainingNamespace.ToDisplayString() == "System.Linq";

    private static bool IsOfSystem(INamedTypeSymbol type) =>
        type.ContainingNamespace.ToDisplayString().Split('.')[0] == "System";

    private static bool IsText(ITypeSymbol? type) => type?.SpecialType == SpecialType.System_String;

    private static bool NamesAComparison(IMethodSymbol method) => method.Parameters.Any(
        parameter => parameter.Type.Name is "StringComparison" or "IComparer" or "Comparison" or "CultureInfo"
            or "CompareOptions");
}
