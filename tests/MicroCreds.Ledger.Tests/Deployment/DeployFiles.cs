using System.Text.RegularExpressions;
using MicroCreds.Ledger.Tests.Tidy;
using YamlDotNet.RepresentationModel;

namespace MicroCreds.Ledger.Tests.Deployment;

/// <summary>What lies in gateway/deploy, read as its programs read it.</summary>
internal static partial class DeployFiles
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "gateway", "deploy");

    public static string Chart { get; } = Path.Combine(Folder, "helm", "microcreds");

    /// <summary>The names of images, from the one file that has them.</summary>
    public static IReadOnlyDictionary<string, string> Images { get; } = ReadEnvironment(PathOf("images.env"));

    public static YamlMappingNode Compose { get; } = ReadYaml(PathOf("compose/compose.yaml"));

    public static YamlMappingNode Values { get; } = ReadYaml(PathOf("helm/microcreds/values.yaml"));

    public static string PathOf(string file) => Path.Combine(Folder, file);

    public static string Read(string file) => File.ReadAllText(PathOf(file));

    public static YamlMappingNode Service(string name) => (YamlMappingNode)Compose["services"][name];

    /// <summary>A file of NAME=VALUE lines.</summary>
    public static Dictionary<string, string> ReadEnvironment(string file) => Assignments(File.ReadAllLines(file));

    public static Dictionary<string, string> Assignments(IEnumerable<string> lines) => lines
        .Select(line => Assignment().Match(line)).Where(match => match.Success)
        .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);

    /// <summary>A program on the PATH, or where a variable says.</summary>
    public static string? FindProgram(string name, string variable)
    {
        string? given = Environment.GetEnvironmentVariable(variable);
        if (given is not null) return File.Exists(given) ? given : null;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    private static YamlMappingNode ReadYaml(string file)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(file)));
        return (YamlMappingNode)yaml.Documents.Single().RootNode;
    }

    [GeneratedRegex("^([A-Z][A-Z0-9_]*)=(.*)$")]
    private static partial Regex Assignment();
}
