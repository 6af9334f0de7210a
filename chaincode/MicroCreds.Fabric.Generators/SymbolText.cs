using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace MicroCreds.Fabric.Generators;

/// <summary>Symbols as C# writes them.</summary>
internal static class SymbolText
{
    private static readonly SymbolDisplayFormat Listed =
        SymbolDisplayFormat.MinimallyQualifiedFormat.RemoveMiscellaneousOptions(
            SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    /// <summary>A type's name as it holds anywhere.</summary>
    public static string ToFull(this ITypeSymbol type) =>
        type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    /// <summary>A type's name as people call it.</summary>
    public static string ToMinimal(this ITypeSymbol type) =>
        type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);

    /// <summary>A type as <c>typeof</c> takes it, which knows no references that may be null.</summary>
    public static string ToListed(this ITypeSymbol type) =>
        $"typeof({type.ToDisplayString(Listed)})";

    /// <summary>A text in quotation marks, or null.</summary>
    public static string Literal(string? text) =>
        text is null ? "null" : SymbolDisplay.FormatLiteral(text, quote: true);

    /// <summary>A parameter's value where it is left out.</summary>
    public static string DefaultOf(IParameterSymbol parameter) => parameter.ExplicitDefaultValue switch
    {
        null => $"default({parameter.Type.ToFull()})",
        string text => Literal(text),

        // They are no literals: what C# writes for them is a name.
        double value when double.IsNaN(value) || double.IsInfinity(value) => $"double.{NameOf(value)}",
        float value when float.IsNaN(value) || float.IsInfinity(value) => $"float.{NameOf(value)}",
        var value => $"({parameter.Type.ToFull()})({SymbolDisplay.FormatPrimitive(value, true, false)}{Suffix(value)})",
    };

    private static string NameOf(double value) =>
        double.IsNaN(value) ? "NaN" : value > 0 ? "PositiveInfinity" : "NegativeInfinity";

    private static string Suffix(object value) => value switch
    {
        decimal => "M",
        float => "F",
        double => "D",
        _ => "",
    };
}
