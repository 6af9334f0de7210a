using MicroCreds.Fabric.Analyzers.Fixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Analyzers;

/// <summary>What a fix makes of a statement compiles, has no fault, and is what a person would write.</summary>
public sealed class FixTests
{
    private static readonly CodeFixProvider[] Fixes =
    [
        .. typeof(TimestampFix).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(CodeFixProvider)) && !type.IsAbstract)
            .Select(type => (CodeFixProvider)Activator.CreateInstance(type)!),
    ];

    [Theory]
    [InlineData("var now = DateTime.UtcNow;", "var now = context.Timestamp.UtcDateTime;")]
    [InlineData("var now = DateTimeOffset.Now.AddDays(1);", "var now = context.Timestamp.AddDays(1);")]
    [InlineData("var day = DateTime.Today;", "var day = context.Timestamp.UtcDateTime.Date;")]
    [InlineData("key = number.ToString();", "key = number.ToString(CultureInfo.InvariantCulture);")]
    [InlineData("number = decimal.Parse(key);", "number = decimal.Parse(key, CultureInfo.InvariantCulture);")]
    [InlineData("key = $\"{number:0.0}!\";", "key = string.Create(CultureInfo.InvariantCulture, $\"{number:0.0}!\");")]
    [InlineData("key = key.ToUpper();", "key = key.ToUpperInvariant();")]
    [InlineData("char first = char.ToUpper(key[0]);", "char first = char.ToUpperInvariant(key[0]);")]
    [InlineData("bool is1 = key.EndsWith(\"1\");", "bool is1 = key.EndsWith(\"1\", StringComparison.Ordinal);")]
    [InlineData("int order = key.CompareTo(\"1\");", "int order = string.CompareOrdinal(key, \"1\");")]
    [InlineData("int order = string.Compare(key, \"1\");", "int order = string.CompareOrdinal(key, \"1\");")]
    [InlineData("var set = new SortedSet<string>();", "var set = new SortedSet<string>(StringComparer.Ordinal);")]
    [InlineData("var all = names.Order().First();", "var all = names.Order(StringComparer.Ordinal).First();")]
    [InlineData("foreach (var one in names) key += one;",
        "foreach (var one in names.Order(StringComparer.Ordinal)) key += one;")]
    [InlineData("foreach (int one in counts.Values) key += \"x\";",
        "foreach (int one in counts.Values.Order()) key += \"x\";")]
    [InlineData("foreach (var one in counts) key += one.Key;",
        "foreach (var one in counts.OrderBy(entry => entry.Key, StringComparer.Ordinal)) key += one.Key;")]
    [InlineData("foreach (var one in await NamesAsync()) key += one;",
        "foreach (var one in (await NamesAsync()).Order(StringComparer.Ordinal)) key += one;")]
    [InlineData("foreach (var one in key == \"\" ? names : null!) key += one;",
        "foreach (var one in (key == \"\" ? names : null!).Order(StringComparer.Ordinal)) key += one;")]
    [InlineData("foreach (var one in (HashSet<string>)names) key += one;",
        "foreach (var one in ((HashSet<string>)names).Order(StringComparer.Ordinal)) key += one;")]
    [InlineData("await context.Stub.GetStatesAsync(names);",
        "await context.Stub.GetStatesAsync([.. names.Order(StringComparer.Ordinal)]);")]
    [InlineData("key = $\"{number.ToString()}!\";", "key = $\"{number.ToString(CultureInfo.InvariantCulture)}!\";")]
    [InlineData("key = $\"{(number)}!\";", "key = string.Create(CultureInfo.InvariantCulture, $\"{(number)}!\");")]
    [InlineData("key = names.Max()!;", "key = names.Max(StringComparer.Ordinal)!;")]
    [InlineData("var set = new SortedSet<string>(Comparer<string>.Default);",
        "var set = new SortedSet<string>(StringComparer.Ordinal);")]
    [InlineData("await context.Stub.PutStateAsync(value: new byte[0], key: key);",
        "await context.Stub.DeleteStateAsync(key: key);")]
    [InlineData("_ = context.Stub.DeleteStateAsync(key);", "await context.Stub.DeleteStateAsync(key);")]
    [InlineData("context.Stub.DeleteStateAsync(key);", "await context.Stub.DeleteStateAsync(key);")]
    [InlineData("await context.Stub.PutStateAsync(key, new byte[0]);", "await context.Stub.DeleteStateAsync(key);")]
    public async Task Fix_MakesOfAFault_WhatHasNone(string faulty, string mended)
    {
        string fixedCode = await FixAsync(Code(faulty));
        Assert.Contains($"    {mended}\n", fixedCode, StringComparison.Ordinal);
        Assert.Empty(await AnalyzedCode.FindAsync(fixedCode));
    }

    [Theory]
    [InlineData("static DateTime Now() => DateTime.Now;")]
    [InlineData("static void Forget(Task task) => Task.FromResult(1).ContinueWith(_ => { }, TaskScheduler.Default);")]
    [InlineData("static void Walk(HashSet<object> all) { foreach (var one in all) one.ToString(); }")]
    [InlineData("static string Raise(string text) => text.ToUpper(null);")]
    [InlineData("static bool Starts(string text) => text.StartsWith(\"a\", true, null);")]
    [InlineData("static DateTimeOffset Pin(DateTime date) => date;")]
    [InlineData("static int At(System.Globalization.CompareInfo info, string a) => info.IndexOf(a, a);")]
    [InlineData("static string Write(Dictionary<string, int> a) => System.Text.Json.JsonSerializer.Serialize(a);")]
    public async Task Fix_ThatNeedsWhatIsNotThere_IsNotOffered(string member) =>
        Assert.Empty(await ActionsAsync(Document($"static class A {{ {member} }}"), mustFind: false));

    /// <summary>As where a project has no implicit usings.</summary>
    [Fact]
    public async Task Fix_AddsTheUsingsThatAreMissing()
    {
        string fixedCode = await FixAsync(
            """
            using System.Collections.Generic;

            static class Handlers
            {
                public static void Do(HashSet<string> names)
                {
                    foreach (var one in names) one.Trim();
                }
            }

            """,
            implicitUsings: "");
        Assert.Contains("using System;\n", fixedCode, StringComparison.Ordinal);
        Assert.Contains("using System.Linq;\n", fixedCode, StringComparison.Ordinal);
        Assert.Empty(await AnalyzedCode.FindAsync(fixedCode));
    }

    private static string Code(string statement) => $$"""
        using MicroCreds.Fabric.Chaincode;

        static class Handlers
        {
            public static async Task DoAsync(
                TransactionContext context, string key, decimal number, HashSet<string> names,
                Dictionary<string, int> counts)
            {
                await context.Stub.GetStateAsync(key);
                {{statement}}
            }

            private static Task<HashSet<string>> NamesAsync() => Task.FromResult(new HashSet<string>());
        }

        """;

    private static async Task<string> FixAsync(string code, string implicitUsings = AnalyzedCode.ImplicitUsings)
    {
        var document = Document(code, implicitUsings);
        var action = Assert.Single(await ActionsAsync(document, mustFind: true));
        var operations = await action.GetOperationsAsync(TestContext.Current.CancellationToken);
        var changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetDocument(document.Id)!;
        return (await changed.GetTextAsync(TestContext.Current.CancellationToken)).ToString();
    }

    private static async Task<IReadOnlyList<CodeAction>> ActionsAsync(Document document, bool mustFind)
    {
        var actions = new List<CodeAction>();
        string code = (await document.GetTextAsync(TestContext.Current.CancellationToken)).ToString();
        var found = await AnalyzedCode.FindAsync(code);
        Assert.True(found.Count > 0 || !mustFind, code);
        var tree = await document.GetSyntaxTreeAsync(TestContext.Current.CancellationToken);
        foreach (var fault in found)
        {
            var here = Diagnostic.Create(fault.Descriptor, Location.Create(tree!, fault.Location.SourceSpan));
            foreach (var fix in Fixes.Where(fix => fix.FixableDiagnosticIds.Contains(fault.Id)))
            {
                await fix.RegisterCodeFixesAsync(new CodeFixContext(
                    document, here, (action, _) => actions.Add(action), TestContext.Current.CancellationToken));
            }
        }

        return actions;
    }

    private static Document Document(string code, string implicitUsings = AnalyzedCode.ImplicitUsings)
    {
        var workspace = new AdhocWorkspace();
        var project = workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "Sample", "Sample", LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary),
            metadataReferences: AnalyzedCode.References));
        project = project.AddDocument("Usings.cs", implicitUsings).Project;
        return project.AddDocument("Sample.cs", code);
    }
}
