using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MicroCreds.Ledger.Operator;

/// <summary>What <c>network.json</c> tells: where everything answers, and as whom one may ask.</summary>
internal sealed record NetworkFile
{
    public const string Name = "network.json";

    private const int ApiKeyBytes = 32;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public required string Engine { get; init; }

    public required string Channel { get; init; }

    public required string Chaincode { get; init; }

    public required IReadOnlyList<InstitutionEntry> Institutions { get; init; }

    public static NetworkFile? TryRead(string state)
    {
        string file = Path.Combine(state, Name);
        return File.Exists(file)
            ? StateFile.Read<NetworkFile>(
                file, Json,
                "without one, remove it and name the engine in scripts/up.sh --engine …, which writes it anew with "
                + "other API keys")
            : null;
    }

    public static string NewApiKey() =>
        "mck_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(ApiKeyBytes))
            .Replace('+', '-').Replace('/', '_').TrimEnd('=');

    public void Write(string state)
    {
        string file = Path.Combine(state, Name);
        File.WriteAllBytes(file + ".new", JsonSerializer.SerializeToUtf8Bytes(this, Json));
        if (!OperatingSystem.IsWindows())
        {
            // It holds the institutions' API keys.
            File.SetUnixFileMode(file + ".new", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.Move(file + ".new", file, overwrite: true);
    }
}

/// <summary>One institution of <see cref="NetworkFile"/>.</summary>
internal sealed record InstitutionEntry
{
    public required string MspId { get; init; }

    public required string Name { get; init; }

    public required string Domain { get; init; }

    public string? Country { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Website { get; init; }

    public required string GatewayUrl { get; init; }

    /// <summary>Where its gateway answers operators; null if that is where it answers all else.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OperationsUrl { get; init; }

    public required string ApiKey { get; init; }

    public required string PeerEndpoint { get; init; }

    public required string PeerTlsCa { get; init; }

    public required string UserCert { get; init; }

    public required string UserKey { get; init; }
}
