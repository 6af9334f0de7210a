using System.Security.Cryptography;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Docker;

/// <summary>What containers are given, under the state directory.</summary>
internal sealed class DockerFiles(string state)
{
    private const int ProjectBytes = 4;

    public string Root { get; } = Path.Combine(state, "docker");

    public string ComposeFile => Path.Combine(Root, "compose.yaml");

    /// <summary>The authorities' part, there before all else: Compose reads it beside the other by itself.</summary>
    public string AuthoritiesFile => Path.Combine(Root, "compose.override.yaml");

    /// <summary>Those of the two files that are there.</summary>
    public IReadOnlyList<string> ComposeFiles => [.. new[] { ComposeFile, AuthoritiesFile }.Where(File.Exists)];

    public string OrdererSettings(string host) => Path.Combine(Root, "orderers", host);

    public string PeerSettings(OrganizationSettings organization) => Path.Combine(Root, "peers", organization.MspId);

    public string Secrets(string service) => Path.Combine(Root, "secrets", service);

    /// <summary>Where a program's image is built from.</summary>
    public string ImageContext(string program) => Path.Combine(Root, "images", program);

    private string ProjectFile => Path.Combine(Root, ".env");

    /// <summary>
    /// Reads the name by which Compose knows this network's containers and volumes. It is made up once and kept where
    /// Compose looks for it, so that two networks never meet, nor a new one an old one's volumes.
    /// </summary>
    public string EnsureProject()
    {
        const string Setting = "COMPOSE_PROJECT_NAME=";
        if (!File.Exists(ProjectFile))
        {
            string made = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(ProjectBytes));
            Directory.CreateDirectory(Root);
            File.WriteAllText(ProjectFile, $"{Setting}microcreds-{made}\n");
        }

        string line = File.ReadAllText(ProjectFile).Trim();
        return line.StartsWith(Setting, StringComparison.Ordinal) && line.Length > Setting.Length
            ? line[Setting.Length..]
            : throw new OperatorException(
                $"{ProjectFile} has to be one line, {Setting}NAME: restore it; containers and volumes have that name.");
    }
}
