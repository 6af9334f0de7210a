using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MicroCreds.Fabric.Generators;

/// <summary>
/// Writes, for each interface that <c>ContractDefinition.Of</c> or <c>FabricContract.As</c> is called with, what lies
/// between it and the bytes.
/// </summary>
/// <remarks>
/// Where the call stands, not where the interface does: so that an interface in a library of its own needs neither the
/// chaincode library nor the client.
/// </remarks>
[Generator(LanguageNames.CSharp)]
public sealed class ContractGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var sources = context.SyntaxProvider
            .CreateSyntaxProvider(
                static (node, _) => ContractCall.IsLikely(node),
                static (found, cancellationToken) => ContractCall.Generate(
                    found.SemanticModel, (InvocationExpressionSyntax)found.Node, cancellationToken))
            .Where(static source => source is not null)
            .Select(static (source, _) => source!.Value);
        context.RegisterSourceOutput(sources.Collect(), static (output, all) =>
        {
            foreach (var source in all.GroupBy(one => one.File).Select(group => group.First()))
            {
                output.AddSource(source.File, source.Text);
            }
        });
    }
}
