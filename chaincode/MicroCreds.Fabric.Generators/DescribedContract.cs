using Microsoft.CodeAnalysis;

namespace MicroCreds.Fabric.Generators;

/// <summary>A contract as its interface describes it.</summary>
internal sealed class DescribedContract(
    INamedTypeSymbol type, AttributeData attribute, IReadOnlyList<DescribedTransaction> transactions)
{
    public INamedTypeSymbol Interface => type;

    public IReadOnlyList<DescribedTransaction> Transactions => transactions;

    /// <summary>The contract's name: that of the attribute, or the interface's without its I.</summary>
    public string Name => attribute.ConstructorArguments.FirstOrDefault().Value as string ?? Unprefixed(type.Name);

    public INamedTypeSymbol? JsonContext => Named("JsonContext") as INamedTypeSymbol;

    /// <summary>A text of the attribute; null where it says none.</summary>
    public string? Text(string property) => Named(property) as string;

    /// <summary>The types of all arguments and results.</summary>
    public IEnumerable<ITypeSymbol> ValueTypes => transactions.SelectMany(one =>
        one.Parameters.Select(parameter => parameter.Type)
            .Concat(one.Result is null ? Enumerable.Empty<ITypeSymbol>() : new[] { one.Result }));

    private static string Unprefixed(string name) =>
        name.Length > 1 && name[0] == 'I' && char.IsUpper(name[1]) ? name.Substring(1) : name;

    private object? Named(string property) =>
        attribute.NamedArguments.FirstOrDefault(argument => argument.Key == property).Value.Value;
}

/// <summary>A transaction as a method of the interface describes it.</summary>
internal sealed class DescribedTransaction(
    IMethodSymbol method, string name, bool isEvaluation, IReadOnlyList<IParameterSymbol> parameters,
    ITypeSymbol? result)
{
    public IMethodSymbol Method => method;

    public string Name => name;

    public bool IsEvaluation => isEvaluation;

    /// <summary>The parameters that are arguments.</summary>
    public IReadOnlyList<IParameterSymbol> Parameters => parameters;

    /// <summary>Whether a token, which cancels the client's call, comes behind the arguments.</summary>
    public bool HasToken => method.Parameters.Length > parameters.Count;

    public ITypeSymbol? Result => result;
}
