using System.Text;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>
/// The API key that the gateway starts with, of its configuration or of the file that it writes at its first start.
/// Another one there ends the one before: here in the same transaction, and then on the ledger, so that no older copy
/// of the data takes it.
/// </summary>
public sealed partial class FirstKey(
    ApiKeyRing ring, GatewayStore store, GatewayServiceOptions options, ILogger<FirstKey> logger)
{
    /// <summary>What it is called.</summary>
    internal const string Name = "bootstrap";

    private const string Marker = "bootstrap-key";

    /// <summary>Takes the key that is configured, or makes one at the first start.</summary>
    /// <exception cref="OptionsException">The file's key is too short.</exception>
    public async Task TakeAsync()
    {
        string path = options.ApiKeyFile ?? Path.Combine(options.DataDirectory, "api-key");
        string? key = options.ApiKey ?? ReadFile(path);
        bool isMade = key is null;
        if (key is null)
        {
            if (!ring.IsEmpty)
                return;
            key = ApiKeyRing.NewKey();

            // First the file, then the store: a key that nobody can read would lock everyone out.
            PrivateFile.Write(path, Encoding.ASCII.GetBytes(key + "\n"));
            LogFirstKey(path);
        }

        string? marked = store.ReadText(Marker);
        var (taken, isNew) = await ring.PutFirstAsync(key, ring.FirstKeys(marked), Marker, onlyIfNone: isMade);
        if (taken is null)
        {
            // Another gateway on the database was first: its key is the one, and this file would say otherwise.
            File.Delete(path);
            LogOthers(path);
            return;
        }

        if (taken.RevokedAt is not null)
            LogWithdrawn(taken.Id);
        else if (isNew && marked is not null)
            LogRotated(taken.Id);
    }

    private static string? ReadFile(string path)
    {
        if (!File.Exists(path))
            return null;
        string key = File.ReadAllText(path).Trim();
        return key.Length >= OptionsReader.MinApiKeyLength
            ? key
            : throw new OptionsException(
                [$"The API key in {path} has {key.Length} characters: at least {OptionsReader.MinApiKeyLength}."]);
    }

    [LoggerMessage(LogLevel.Information, "The first API key is in {Path}")]
    private partial void LogFirstKey(string path);

    [LoggerMessage(
        LogLevel.Information, "Another gateway on this database made the first API key; {Path} is gone again")]
    private partial void LogOthers(string path);

    [LoggerMessage(LogLevel.Information, "The first API key is another one now ({Id}); the one before has ended")]
    private partial void LogRotated(string id);

    [LoggerMessage(
        LogLevel.Warning, "The API key of the configuration ({Id}) was withdrawn and stays so: configure a new one")]
    private partial void LogWithdrawn(string id);
}
