using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.InteropServices;
using MicroCreds.Fabric.Generators;
using MicroCreds.Ledger.Tests.Fabric.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Generators;

/// <summary>Code as a compiler with the generators sees it: ours, and the serializer's.</summary>
internal static class GeneratedCode
{
    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest);

    private static readonly Lazy<IIncrementalGenerator> SerializerGenerator = new(FindSerializerGenerator);

    /// <summary>Compiles code of one file, behind the implicit usings.</summary>
    public static CSharpCompilation Compile(string code, OutputKind? kind = null)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var tree = CSharpSyntaxTree.ParseText(code, Parsing, "Sample.cs", cancellationToken: cancellation);
        bool isProgram = tree.GetRoot(cancellation).ChildNodes()
            .Any(node => node.IsKind(SyntaxKind.GlobalStatement));
        return CSharpCompilation.Create(
            "Sample",
            [CSharpSyntaxTree.ParseText(AnalyzedCode.ImplicitUsings, Parsing, cancellationToken: cancellation), tree],
            AnalyzedCode.References,
            new CSharpCompilationOptions(
                kind ?? (isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary),
                nullableContextOptions: NullableContextOptions.Enable));
    }

    public static GeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new ContractGenerator().AsSourceGenerator(), SerializerGenerator.Value.AsSourceGenerator()],
        parseOptions: Parsing,
        driverOptions: new GeneratorDriverOptions(
            IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>Returns what is wrong with code, warnings too, once everything is generated.</summary>
    public static ImmutableArray<Diagnostic> FaultsIn(CSharpCompilation compilation)
    {
        Driver().RunGeneratorsAndUpdateCompilation(
            compilation, out var generated, out var faults, TestContext.Current.CancellationToken);
        return
        [
            .. faults.Concat(generated.GetDiagnostics(TestContext.Current.CancellationToken))
                .Where(one => one.Severity >= DiagnosticSeverity.Warning),
        ];
    }

    /// <summary>Returns what the analyzer says of code.</summary>
    public static async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(CSharpCompilation compilation) =>
        await compilation.WithAnalyzers([new ContractInterfaceAnalyzer()])
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);

    /// <summary>The serializer's own lies beside the reference assemblies of the SDK.</summary>
    private static IIncrementalGenerator FindSerializerGenerator()
    {
        const string File = "System.Text.Json.SourceGeneration.dll";
        string packs = Path.Combine(
            RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "packs", "Microsoft.NETCore.App.Ref");
        string found = Directory.GetFiles(Path.GetFullPath(packs), File, SearchOption.AllDirectories)
            .Where(path => path.Contains("/cs/", StringComparison.Ordinal)
                || path.Contains(@"\cs\", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Last();
        var type = Assembly.LoadFrom(found).GetTypes().Single(one =>
            !one.IsAbstract && one.GetInterfaces().Contains(typeof(IIncrementalGenerator)));
        return (IIncrementalGenerator)Activator.CreateInstance(type)!;
    }
}
