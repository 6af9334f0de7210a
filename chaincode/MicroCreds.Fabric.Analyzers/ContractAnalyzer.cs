using Microsoft.CodeAnalysis.Diagnostics;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>Looks at code that the rules are for.</summary>
public abstract class ContractAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public sealed override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            var options = start.Options.AnalyzerConfigOptionsProvider.GlobalOptions;
            if (ContractScope.Includes(start.Compilation, options))
            {
                Register(start, new ContractScope(start.Compilation, options, start.CancellationToken));
            }
        });
    }

    private protected abstract void Register(CompilationStartAnalysisContext start, ContractScope scope);
}
