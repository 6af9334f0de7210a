using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Attesting;

/// <summary>
/// A key that this gateway signs heads with, of its own log or of others': Ed25519, with a half of ML-DSA-44 where the
/// settings ask for it, each in a file of its own beside the issuer's keys, since it says something else than they do.
/// Thread-safe.
/// </summary>
public sealed class LogKey : IDisposable
{
    /// <summary>The file in the data directory with the key of this gateway's own log.</summary>
    public const string FileName = "log-key.pem";

    /// <summary>The file with the key that cosigns the heads of others' logs.</summary>
    public const string CosignerFileName = "cosigner-key.pem";

    /// <summary>
    /// What the name of the file of a key with two halves begins with: what the ledger knows without one gets none.
    /// </summary>
    private const string WithMlDsaPrefix = "ml-dsa-";

    private readonly IssuerPrivateKey _key;
    private readonly MlDsaPrivateKey? _mlDsa;

    private LogKey(IssuerPrivateKey key, MlDsaPrivateKey? mlDsa, string file) =>
        (_key, _mlDsa, StoredIn) = (key, mlDsa, file);

    /// <summary>The name of its file in the data directory.</summary>
    public string StoredIn { get; }

    /// <summary>Whether it has a half of ML-DSA-44.</summary>
    public bool HasMlDsa => _mlDsa is not null;

    /// <summary>Reads the key; makes it if there is none.</summary>
    /// <exception cref="OptionsException">The file holds no such key.</exception>
    public static LogKey Open(GatewayServiceOptions options, string fileName) => Open(
        options, options.MlDsa.IsOwn() ? WithMlDsaPrefix + fileName : fileName,
        file => MlDsaHalf.Find(file) ?? throw new FormatException(
            $"Its half of ML-DSA-44, {Path.GetFileName(MlDsaHalf.FileOf(file))}, is not beside it."));

    /// <summary>
    /// Likewise the key that cosigns others' heads, which no ledger has: its half of ML-DSA-44 may come later.
    /// </summary>
    /// <exception cref="OptionsException">The file holds no such key.</exception>
    public static LogKey OpenCosigner(GatewayServiceOptions options) =>
        Open(options, CosignerFileName, file => MlDsaHalf.Find(file) ?? MlDsaHalf.Make(file));

    private static LogKey Open(
        GatewayServiceOptions options, string fileName, Func<string, MlDsaPrivateKey> findHalf)
    {
        string file = Path.Combine(options.DataDirectory, fileName);
        if (!File.Exists(file))
        {
            // First the other half: without the first one nobody looks for it.
            var half = options.MlDsa.IsOwn() ? MlDsaHalf.Make(file) : null;
            var made = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
            PrivateFile.Write(file, Encoding.ASCII.GetBytes(made.ToPem()));
            return new LogKey(made, half, fileName);
        }

        try
        {
            var key = IssuerPrivateKey.FromPem(File.ReadAllText(file));
            return key.Algorithm == KeyAlgorithm.Ed25519
                ? new LogKey(key, options.MlDsa.IsOwn() ? findHalf(file) : null, fileName)
                : throw new FormatException("It is of another kind than Ed25519.");
        }
        catch (FormatException exception)
        {
            throw new OptionsException(
                [$"The log's key {file}: {exception.Message} Put the right file there, or remove it for a new one."]);
        }
    }

    /// <summary>The key and the name that it has on the ledger.</summary>
    internal IssuerKey Named => IssuerKey.Of(_key, KeyPurpose.LogPrefix) with { MlDsa = _mlDsa };

    /// <summary>Signs in a name.</summary>
    public NoteSigner For(string name, NoteKeyType type = NoteKeyType.Ed25519) => new(name, type, _key);

    /// <summary>Signs in a name by ML-DSA-44; none if the key has no such half.</summary>
    public NoteSigner? ForMlDsa(string name, NoteKeyType type) => _mlDsa is null ? null : new(name, type, _mlDsa);

    public void Dispose() => _key.Dispose();
}
