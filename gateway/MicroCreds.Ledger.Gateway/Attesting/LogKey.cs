using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Attesting;

/// <summary>
/// A key that this gateway signs heads with, of its own log or of others': Ed25519, each in a file of its own beside
/// the issuer's keys, since it says something else than they do. Thread-safe.
/// </summary>
public sealed class LogKey : IDisposable
{
    /// <summary>The file in the data directory with the key of this gateway's own log.</summary>
    public const string FileName = "log-key.pem";

    /// <summary>The file with the key that cosigns the heads of others' logs.</summary>
    public const string CosignerFileName = "cosigner-key.pem";

    private readonly IssuerPrivateKey _key;

    private LogKey(IssuerPrivateKey key) => _key = key;

    /// <summary>Reads the key; makes it if there is none.</summary>
    /// <exception cref="OptionsException">The file holds no such key.</exception>
    public static LogKey Open(GatewayServiceOptions options, string fileName)
    {
        string file = Path.Combine(options.DataDirectory, fileName);
        if (!File.Exists(file))
        {
            var made = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
            PrivateFile.Write(file, Encoding.ASCII.GetBytes(made.ToPem()));
            return new LogKey(made);
        }

        try
        {
            var key = IssuerPrivateKey.FromPem(File.ReadAllText(file));
            return key.Algorithm == KeyAlgorithm.Ed25519
                ? new LogKey(key)
                : throw new FormatException("It is of another kind than Ed25519.");
        }
        catch (FormatException exception)
        {
            throw new OptionsException(
                [$"The log's key {file}: {exception.Message} Put the right file there, or remove it for a new one."]);
        }
    }

    /// <summary>The key and the name that it has on the ledger.</summary>
    internal IssuerKey Named => IssuerKey.Of(_key, KeyPurpose.LogPrefix);

    /// <summary>Signs in a name.</summary>
    public NoteSigner For(string name, NoteKeyType type = NoteKeyType.Ed25519) => new(name, type, _key);

    public void Dispose() => _key.Dispose();
}
