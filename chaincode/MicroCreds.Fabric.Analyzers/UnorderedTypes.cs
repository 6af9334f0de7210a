using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>Collections whose order is not defined, or not known.</summary>
internal static class UnorderedTypes
{
    private static readonly HashSet<string> Unordered = new(StringComparer.Ordinal)
    {
        "Dictionary", "HashSet", "Hashtable", "ConcurrentDictionary", "ConcurrentBag", "ImmutableDictionary",
        "ImmutableHashSet", "FrozenDictionary", "FrozenSet", "ReadOnlyDictionary", "ReadOnlySet", "IDictionary",
        "IReadOnlyDictionary", "IImmutableDictionary", "ISet", "IReadOnlySet", "IImmutableSet",
    };

    private static readonly HashSet<string> Sorted = new(StringComparer.Ordinal)
    {
        "SortedDictionary", "SortedSet", "SortedList", "ImmutableSortedDictionary", "ImmutableSortedSet",
    };

    private static readonly HashSet<string> Sequences = new(StringComparer.Ordinal)
    {
        "IEnumerable", "ICollection", "IReadOnlyCollection",
    };

    public static bool IsOne(ITypeSymbol? type) => Is(type, Unordered);

    public static bool Sorts(ITypeSymbol? type) => Is(type, Sorted);

    public static bool IsSequence(ITypeSymbol? type) => Is(type, Sequences);

    /// <summary>Whether an operation is such a collection, or the keys or values of one.</summary>
    public static bool Contains(IOperation operation)
    {
        var value = operation.Unconverted();
        return IsOne(value.Type)
            || IsOne(value.Type?.ContainingType)
            || value is IPropertyReferenceOperation
            {
                Property: { Name: "UnorderedItems", ContainingType.Name: "PriorityQueue" },
            }
            || value is IPropertyReferenceOperation { Property.Name: "Keys" or "Values", Instance: { } owner }
                && IsOne(owner.Type);
    }

    private static bool Is(ITypeSymbol? type, HashSet<string> names) =>
        type is INamedTypeSymbol named && names.Contains(named.Name)
        && named.ContainingNamespace.ToDisplayString().StartsWith("System.Collections", StringComparison.Ordinal);
}
