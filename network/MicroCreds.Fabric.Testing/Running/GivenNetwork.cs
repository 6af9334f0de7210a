using System.Text.Json;
using System.Text.Json.Serialization;

namespace MicroCreds.Fabric.Testing.Running;

/// <summary>A running network of Fabric's own, as the file that a fixture is given describes it.</summary>
internal sealed record GivenNetwork
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        AllowTrailingCommas = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    };

    public required string Channel { get; init; }

    /// <summary>By MSP id.</summary>
    public required IReadOnlyDictionary<string, GivenMember> Organizations { get; init; }

    /// <summary>By the chaincode's name, and then by MSP id.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, GivenServer>> Chaincodes { get; init; }

    /// <summary>Reads a description; paths in it are as seen from where it lies.</summary>
    /// <exception cref="FabricTestException">It is missing or faulty; the message names each fault.</exception>
    public static GivenNetwork Read(string file, IEnumerable<string> chaincodes)
    {
        GivenNetwork network;
        try
        {
            network = JsonSerializer.Deserialize<GivenNetwork>(File.ReadAllText(file), Json)
                ?? throw new JsonException("it is null");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new FabricTestException(
                $"The network that {FabricFixture.NetworkVariable} names cannot be read from {file}: {e.Message}", e);
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        network = network with
        {
            Organizations = network.Organizations.ToDictionary(one => one.Key, one => one.Value.From(folder)),
            Chaincodes = network.Chaincodes.ToDictionary(
                one => one.Key,
                one => (IReadOnlyDictionary<string, GivenServer>)one.Value.ToDictionary(
                    server => server.Key, server => server.Value.From(folder))),
        };
        string[] faults = [.. network.Faults(chaincodes)];
        return faults.Length == 0
            ? network
            : throw new FabricTestException(
                $"The network that {file} describes has faults:\n"
                + string.Join('\n', faults.Select(fault => "- " + fault)));
    }

    private IEnumerable<string> Faults(IEnumerable<string> chaincodes)
    {
        if (Organizations.Count == 0)
            yield return "organizations: there is none";

        foreach (var (mspId, member) in Organizations)
        {
            foreach (string path in new[] { member.TlsCa, member.Certificate, member.Key })
            {
                if (!File.Exists(path))
                    yield return $"organizations.{mspId}: there is no file {path}";
            }
        }

        foreach (string name in chaincodes)
        {
            if (!Chaincodes.TryGetValue(name, out var servers) || servers.Count == 0)
                yield return $"chaincodes.{name}: it is not there; say where its peers dial its servers";
        }
    }
}
