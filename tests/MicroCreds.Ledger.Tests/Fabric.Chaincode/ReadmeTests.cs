using System.Text.RegularExpressions;
using MicroCreds.Ledger.Tests.Tidy;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

public sealed partial class ReadmeTests
{
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.Linq; "
        + "global using System.Threading; global using System.Threading.Tasks;";

    [Fact]
    public void Snippet_OfTheReadme_Compiles()
    {
        string readme = File.ReadAllText(
            Path.Combine(Repository.Root, "chaincode/MicroCreds.Fabric.Chaincode/README.md"));
        string snippet = CSharpBlock().Match(readme).Groups[1].Value;
        Assert.Contains("ChaincodeServer.RunAsync", snippet, StringComparison.Ordinal);
        string assemblies = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        var compilation = CSharpCompilation.Create(
            "snippet",
            new[] { ImplicitUsings, snippet }.Select(text => CSharpSyntaxTree.ParseText(
                text, cancellationToken: TestContext.Current.CancellationToken)),
            assemblies.Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(
                OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        var faults = compilation.GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);
        Assert.Empty(faults);
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();
}
