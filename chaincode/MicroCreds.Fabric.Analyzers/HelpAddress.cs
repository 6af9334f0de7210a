using System.Reflection;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>Where the documents of rules lie: in the repository, as far as whoever built this knew it.</summary>
internal static class HelpAddress
{
    /// <summary>Returns the address of a rule in a document.</summary>
    public static string Of(string document, string rule)
    {
        string address = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(metadata => metadata.Key == "RepositoryUrl") is { Value: { Length: > 0 } repository }
            ? $"{repository}/blob/HEAD/{document}"
            : document;
        return $"{address}#{rule.ToLowerInvariant()}";
    }
}
