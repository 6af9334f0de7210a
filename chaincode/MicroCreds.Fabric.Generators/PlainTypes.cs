using Microsoft.CodeAnalysis;

namespace MicroCreds.Fabric.Generators;

/// <summary>The types that need no serializer context of the contract's own: those of the library's.</summary>
internal static class PlainTypes
{
    private static readonly HashSet<string> Named = new(StringComparer.Ordinal)
    {
        "DateTimeOffset", "DateOnly", "TimeOnly", "TimeSpan", "Guid", "Uri",
    };

    public static bool Include(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { Rank: 1 } array => array.ElementType.SpecialType is SpecialType.System_Byte
            or SpecialType.System_String,
        INamedTypeSymbol { ConstructedFrom.SpecialType: SpecialType.System_Nullable_T } nullable =>
            Include(nullable.TypeArguments[0]),
        { SpecialType: >= SpecialType.System_Boolean and <= SpecialType.System_String } => true,
        { SpecialType: SpecialType.System_DateTime } => true,
        _ => type.ContainingNamespace?.ToDisplayString() == "System" && Named.Contains(type.Name),
    };

    /// <summary>Finds the enumerations that values of these types hold, in the order of their names.</summary>
    public static IReadOnlyList<ITypeSymbol> EnumerationsIn(IEnumerable<ITypeSymbol> types)
    {
        var seen = new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default);
        foreach (var type in types) Visit(type, seen);

        return [.. seen.Where(type => type.TypeKind == TypeKind.Enum && !HasConverter(type))
            .OrderBy(type => type.ToFull(), StringComparer.Ordinal)];
    }

    private static void Visit(ITypeSymbol type, HashSet<ITypeSymbol> seen)
    {
        if (type is IArrayTypeSymbol array)
        {
            Visit(array.ElementType, seen);
            return;
        }

        if (type is not INamedTypeSymbol named || !seen.Add(type)) return;

        foreach (var argument in named.TypeArguments) Visit(argument, seen);

        bool isSystems = named.ToFull().StartsWith("global::System.", StringComparison.Ordinal);
        for (var one = named; one is not null && !isSystems && !HasConverter(named); one = one.BaseType)
        {
            foreach (var property in one.GetMembers().OfType<IPropertySymbol>().Where(property => !property.IsStatic))
            {
                Visit(property.Type, seen);
            }
        }
    }

    /// <summary>A converter of its own knows what it does.</summary>
    private static bool HasConverter(ITypeSymbol type) =>
        type.GetAttributes().Any(one => one.AttributeClass?.Name == "JsonConverterAttribute");
}
