using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MicroCreds.Fabric.Generators;

/// <summary>What is made of an interface.</summary>
internal enum GeneratedKind
{
    /// <summary>What calls the transactions of a chaincode.</summary>
    Dispatcher,

    /// <summary>What a client calls.</summary>
    Proxy,
}

/// <summary>A call that wants something made of an interface.</summary>
internal static class ContractCall
{
    private const string DispatcherMethod = "Of";
    private const string ProxyMethod = "As";

    /// <summary>Whether it looks like one, before anything is known of its types.</summary>
    public static bool IsLikely(SyntaxNode node) => node is InvocationExpressionSyntax call && call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        var other => other as SimpleNameSyntax,
    }
        is GenericNameSyntax
    {
        Identifier.ValueText: DispatcherMethod or ProxyMethod, TypeArgumentList.Arguments.Count: 1,
    };

    /// <summary>What a method wants made; null if it is none of the two.</summary>
    public static GeneratedKind? KindOf(IMethodSymbol method) =>
        method.ContainingType?.ToDisplayString() switch
        {
            "MicroCreds.Fabric.Chaincode.ContractDefinition" when method.Name == DispatcherMethod =>
                GeneratedKind.Dispatcher,
            "MicroCreds.Fabric.Client.FabricContract" when method.Name == ProxyMethod => GeneratedKind.Proxy,
            _ => null,
        };

    /// <summary>Returns the code that a call wants; null if it wants none, or there can be none.</summary>
    public static GeneratedSource? Generate(
        SemanticModel model, InvocationExpressionSyntax call, CancellationToken cancellationToken)
    {
        if (model.GetSymbolInfo(call, cancellationToken).Symbol is not IMethodSymbol method
            || KindOf(method) is not { } kind
            || method.TypeArguments[0] is not INamedTypeSymbol { TypeKind: TypeKind.Interface } type
            || ContractReader.AttributeOf(type) is not { } attribute
            || ContractReader.Read(type, attribute, static _ => { }) is not { } contract)
        {
            return null;
        }

        string name = $"{type.ToFull().Replace("global::", "").Replace('.', '_')}_{kind}";
        return new GeneratedSource($"{name}.g.cs", new ContractSource(contract, name).Write(kind));
    }
}

/// <summary>A generated file; equal if it is the same, so that nothing is compiled anew for nothing.</summary>
internal readonly struct GeneratedSource(string file, string text) : IEquatable<GeneratedSource>
{
    public string File => file;

    public string Text => text;

    public bool Equals(GeneratedSource other) => File == other.File && Text == other.Text;

    public override bool Equals(object? obj) => obj is GeneratedSource other && Equals(other);

    public override int GetHashCode() => File.GetHashCode();
}
