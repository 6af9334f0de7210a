using Microsoft.CodeAnalysis;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>Types whose text follows a culture: in the minus sign, in points and commas, in dates.</summary>
internal sealed class TextTypes(Compilation compilation, bool isInvariant)
{
    private readonly INamedTypeSymbol? _provider = compilation.GetTypeByMetadataName("System.IFormatProvider");

    public static bool IsFloat(ITypeSymbol? type) =>
        Value(type) is { } value && (value.SpecialType is SpecialType.System_Double or SpecialType.System_Single
            || value.Name == "Half" && IsOfSystem(value));

    public static bool IsWhole(ITypeSymbol? type) => Value(type)?.SpecialType is SpecialType.System_SByte
        or SpecialType.System_Int16 or SpecialType.System_Int32 or SpecialType.System_Int64
        or SpecialType.System_IntPtr;

    public static bool IsDate(ITypeSymbol? type) => Value(type) is { } value
        && (value.SpecialType == SpecialType.System_DateTime
            || IsOfSystem(value) && value.Name is "DateTimeOffset" or "DateOnly" or "TimeOnly");

    /// <summary>Of whole numbers only the minus sign differs, and not where the program has one culture.</summary>
    public bool FollowsCulture(ITypeSymbol? type) => IsWhole(type) && !isInvariant || IsDate(type) || IsFloat(type)
        || Value(type) is { } value && (value.SpecialType == SpecialType.System_Decimal
            || value.Name == "Int128" && IsOfSystem(value) || value.Name == "BigInteger");

    /// <summary>The same of a value written by a format: spans of time follow a culture in some.</summary>
    public bool FollowsCulture(ITypeSymbol? type, string? format) =>
        FollowsCulture(type) || IsSpan(type) && format is "g" or "G";

    /// <summary>Whether a value of a type may follow a culture for all that is known of it.</summary>
    public bool MayFollowCulture(ITypeSymbol? type) => FollowsCulture(type)
        || type is { SpecialType: SpecialType.System_Object } or { TypeKind: TypeKind.TypeParameter };

    public static bool IsSpan(ITypeSymbol? type) =>
        Value(type) is { Name: "TimeSpan" } value && IsOfSystem(value);

    public static bool IsFormattable(ITypeSymbol? type) =>
        type is { Name: "IFormattable" or "ISpanFormattable" } && IsOfSystem(type);

    /// <summary>The type of a sequence's elements; of what is none, the type itself.</summary>
    public static ITypeSymbol? ElementOf(ITypeSymbol? type) => type switch
    {
        null or { SpecialType: SpecialType.System_String } => type,
        IArrayTypeSymbol array => array.ElementType,
        INamedTypeSymbol { Name: "Span" or "ReadOnlySpan" } span => span.TypeArguments.FirstOrDefault(),
        _ => type.AllInterfaces.Concat([type]).OfType<INamedTypeSymbol>().FirstOrDefault(one =>
            one.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T)
            ?.TypeArguments[0] ?? type,
    };

    public bool IsProvider(ITypeSymbol? type) => SymbolEqualityComparer.Default.Equals(type, _provider);

    /// <summary>Whether a method of Convert reads a number or a date from text, or writes one as text.</summary>
    public bool IsConvert(IMethodSymbol method) =>
        method.Parameters.FirstOrDefault()?.Type is { } first
        && (first.SpecialType == SpecialType.System_String && FollowsCulture(method.ReturnType)
            || method.ReturnType.SpecialType == SpecialType.System_String && MayFollowCulture(first)
            || method.Name == "ChangeType");

    /// <summary>The type without its being nullable.</summary>
    public static ITypeSymbol? Value(ITypeSymbol? type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
            ? nullable.TypeArguments[0]
            : type;

    private static bool IsOfSystem(ITypeSymbol type) =>
        type.ContainingNamespace is { Name: "System", ContainingNamespace.IsGlobalNamespace: true };
}
