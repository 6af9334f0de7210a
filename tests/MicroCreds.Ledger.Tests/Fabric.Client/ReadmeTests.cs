using System.Text;
using MicroCreds.Ledger.Tests.Tidy;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

/// <summary>The package's readme compiles, as one program from its first snippet to its last.</summary>
public sealed class ReadmeTests
{
    private const string Readme = "gateway/MicroCreds.Fabric.Client/README.md";

    [Fact]
    public void Snippets_OneAfterTheOther_Compile()
    {
        var program = new StringBuilder("""
            #nullable enable
            using System;
            using System.Collections.Generic;
            using System.IO;
            using System.Threading;
            using System.Threading.Tasks;

            """);
        string[] snippets = [.. Snippets()];
        Assert.True(snippets.Length >= 6, $"{Readme} has only {snippets.Length} snippets.");
        program.AppendJoin('\n', snippets).Append("""
            internal static partial class Program
            {
                private static readonly CancellationToken cancellationToken = CancellationToken.None;
                private static Task<byte[]> SignElsewhereAsync(byte[] digest) => Task.FromResult(digest);
            }
            """);
        var compilation = CSharpCompilation.Create(
            "Readme",
            [CSharpSyntaxTree.ParseText(program.ToString(), cancellationToken: TestContext.Current.CancellationToken)],
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication));
        var faults = compilation.GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);
        Assert.Empty(faults);
    }

    private static IEnumerable<string> Snippets()
    {
        StringBuilder? snippet = null;
        foreach (string line in Repository.Lines(Readme))
        {
            if (snippet is null)
            {
                snippet = line == "```csharp" ? new StringBuilder() : null;
            }
            else if (line == "```")
            {
                yield return snippet.ToString();
                snippet = null;
            }
            else
            {
                snippet.AppendLine(line);
            }
        }
    }
}
