using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using MicroCreds.Fabric.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Analyzers;

/// <summary>Code as a compiler with the analyzers sees it.</summary>
internal static class AnalyzedCode
{
    public const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; "
        + "global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";

    public static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers =
    [
        .. typeof(MachineAnalyzer).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(DiagnosticAnalyzer)) && !type.IsAbstract)
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    public static readonly IReadOnlyList<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Returns what the analyzers find in code that itself has no error.</summary>
    /// <param name="code">One file; what follows the implicit usings.</param>
    /// <param name="references">What it may reference. Default is all that the tests do.</param>
    /// <param name="properties">What the project says, as `build_property.Name`.</param>
    public static async Task<IReadOnlyList<Diagnostic>> FindAsync(
        string code, IEnumerable<MetadataReference>? references = null, params (string Name, string Value)[] properties)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var tree = CSharpSyntaxTree.ParseText(code, path: "Sample.cs", cancellationToken: cancellation);
        bool isProgram = tree.GetRoot(cancellation).ChildNodes()
            .Any(node => node.IsKind(SyntaxKind.GlobalStatement));
        var compilation = CSharpCompilation.Create(
            "Sample",
            [CSharpSyntaxTree.ParseText(ImplicitUsings, cancellationToken: cancellation), tree],
            references ?? References,
            new CSharpCompilationOptions(
                isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
                nullableContextOptions: NullableContextOptions.Enable));
        Assert.Empty(compilation.GetDiagnostics(cancellation).Where(one => one.Severity == DiagnosticSeverity.Error));
        var found = await compilation
            .WithAnalyzers(Analyzers, new AnalyzerOptions([], new ProjectProperties(properties)))
            .GetAnalyzerDiagnosticsAsync(cancellation);
        Assert.DoesNotContain(found, one => one.Id.StartsWith("AD", StringComparison.Ordinal));
        return found;
    }

    /// <summary>What MSBuild tells a compiler of the project.</summary>
    private sealed class ProjectProperties((string Name, string Value)[] properties) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Options(
            properties.ToDictionary(one => "build_property." + one.Name, one => one.Value, StringComparer.Ordinal));

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;
    }

    private sealed class Options(IReadOnlyDictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) =>
            values.TryGetValue(key, out value);
    }
}
