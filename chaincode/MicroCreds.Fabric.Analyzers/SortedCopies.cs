using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>Copies of collections that get their order before anyone looks: `var a = set.ToArray(); Array.Sort(a);`.
/// </summary>
internal static class SortedCopies
{
    /// <summary>Whether a value is put into a new variable, which is sorted before all else that is done with it.
    /// </summary>
    public static bool Contain(IOperation value) =>
        value.User() is IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator }
        && IsSortedAfter(declarator.Symbol, declarator);

    /// <summary>Whether a variable is sorted after an operation, before all else that is done with it, and always.
    /// </summary>
    public static bool IsSortedAfter(ILocalSymbol local, IOperation operation)
    {
        var first = operation.Ancestors().Last().Descendants().OfType<ILocalReferenceOperation>()
            .Where(one => SymbolEqualityComparer.Default.Equals(one.Local, local)
                && one.Syntax.SpanStart >= operation.Syntax.Span.End)
            .OrderBy(one => one.Syntax.SpanStart).FirstOrDefault();
        var user = first?.User();
        var sort = (user is IArgumentOperation ? user.Parent : user) as IInvocationOperation;
        return sort is { TargetMethod: { Name: "Sort", ContainingType.Name: "Array" or "List" } }
            && sort.Arguments.All(argument => argument == user || IsTotal(argument.Value.Unconverted()))
            && BlockOf(sort) is { } block && block == BlockOf(operation);
    }

    /// <summary>A comparer by which none that differ are equal, so that nothing is left of the order before.</summary>
    private static bool IsTotal(IOperation comparer) => comparer.IsNull() || comparer is IPropertyReferenceOperation
    {
        Property: { Name: "Ordinal", ContainingType.Name: "StringComparer" } or { Name: "Default" },
    };

    private static IOperation? BlockOf(IOperation operation)
    {
        var statement = operation.Ancestors().FirstOrDefault(one =>
            one is IExpressionStatementOperation or IVariableDeclarationGroupOperation);
        return statement?.Parent as IBlockOperation;
    }
}
