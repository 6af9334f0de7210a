using System.Text;
using MicroCreds.Ledger.Tests.Fabric.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace MicroCreds.Ledger.Tests.Fabric.Packages;

/// <summary>What users of a library can name, as text: a type a paragraph, a member a line.</summary>
internal static class PublicSurface
{
    private static readonly string[] OfEveryRecord =
        ["EqualityContract", "PrintMembers", "op_Equality", "op_Inequality"];

    private static readonly SymbolDisplayFormat Format = new(
        SymbolDisplayGlobalNamespaceStyle.Omitted,
        SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints,
        SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeModifiers
            | SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeRef
            | SymbolDisplayMemberOptions.IncludeConstantValue | SymbolDisplayMemberOptions.IncludeExplicitInterface,
        SymbolDisplayDelegateStyle.NameAndSignature,
        SymbolDisplayExtensionMethodStyle.StaticMethod,
        SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName
            | SymbolDisplayParameterOptions.IncludeDefaultValue | SymbolDisplayParameterOptions.IncludeParamsRefOut
            | SymbolDisplayParameterOptions.IncludeExtensionThis,
        SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        SymbolDisplayLocalOptions.None,
        SymbolDisplayKindOptions.IncludeTypeKeyword | SymbolDisplayKindOptions.IncludeMemberKeyword,
        SymbolDisplayMiscellaneousOptions.UseSpecialTypes
            | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier
            | SymbolDisplayMiscellaneousOptions.AllowDefaultLiteral);

    private static readonly SymbolDisplayFormat BaseFormat = Format.WithKindOptions(SymbolDisplayKindOptions.None)
        .WithGenericsOptions(SymbolDisplayGenericsOptions.IncludeTypeParameters);

    /// <summary>Writes what is public in an assembly that the tests reference.</summary>
    /// <param name="assembly">Its name.</param>
    public static string Of(string assembly)
    {
        var compilation = CSharpCompilation.Create("surface", references: AnalyzedCode.References);
        var symbol = compilation.SourceModule.ReferencedAssemblySymbols.Single(one => one.Name == assembly);
        var text = new StringBuilder();
        foreach (var type in Types(symbol.GlobalNamespace).OrderBy(type => type.ToString(), StringComparer.Ordinal))
        {
            // Messages are what Fabric's own files say; their members are the compiler's.
            bool isMessage = type.ContainingNamespace.ToString() != assembly;
            text.Append(Heading(type, isMessage)).Append('\n');
            foreach (string member in isMessage ? [] : Members(type)) text.Append("    ").Append(member).Append('\n');
        }

        return text.ToString();
    }

    private static string Heading(INamedTypeSymbol type, bool isMessage)
    {
        string kind = (type.IsStatic, type.IsSealed, type.IsAbstract, type.TypeKind) switch
        {
            (_, _, _, not TypeKind.Class) => "",
            (true, _, _, _) => "static ",
            (_, true, _, _) => "sealed ",
            (_, _, true, _) => "abstract ",
            _ => "",
        };
        INamedTypeSymbol[] above = type.BaseType is { SpecialType: SpecialType.None } parent ? [parent] : [];
        string[] bases = [.. above.Concat(type.Interfaces).Select(one => one.ToDisplayString(BaseFormat))];
        bool hasBases = bases.Length > 0 && !isMessage && type.TypeKind is not (TypeKind.Enum or TypeKind.Delegate);
        string name = type.ToDisplayString(
            Format.WithGenericsOptions(SymbolDisplayGenericsOptions.IncludeTypeParameters));
        string constraints = type.ToDisplayString(Format)[name.Length..];
        return $"{type.ContainingNamespace}: {kind}{name}"
            + (hasBases ? " : " + string.Join(", ", bases) : "") + constraints;
    }

    private static IEnumerable<string> Members(INamedTypeSymbol type) => type.GetMembers()
        .Where(member => member.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected
                or Accessibility.ProtectedOrInternal
            && !member.IsOverride && member is not INamedTypeSymbol
            && !member.Name.Contains('<', StringComparison.Ordinal)
            && (member as IMethodSymbol)?.AssociatedSymbol is null
            && !(type.IsRecord && OfEveryRecord.Contains(member.Name))
            && !(type.TypeKind == TypeKind.Enum && member is IMethodSymbol))
        .Select(member => (member.DeclaredAccessibility == Accessibility.Public ? "" : "protected ")
            + member.ToDisplayString(Format))
        .Order(StringComparer.Ordinal);

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol container)
    {
        foreach (var member in container.GetMembers().OfType<INamespaceOrTypeSymbol>())
        {
            if (member is INamedTypeSymbol { DeclaredAccessibility: Accessibility.Public } type) yield return type;
            if (member is INamedTypeSymbol { DeclaredAccessibility: not Accessibility.Public }) continue;
            foreach (var inner in Types(member)) yield return inner;
        }
    }
}
