using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// The institution's private keys that lie at this gateway, in files of their own. Which of them signs is what the
/// ledger says: the one registered last that is not withdrawn. Thread-safe.
/// </summary>
public sealed class IssuerKeys : IDisposable
{
    private const string Folder = "keys";

    private readonly Lock _turn = new();
    private readonly string _directory;
    private volatile IssuerKey[] _keys;

    private readonly KeyAlgorithm _algorithm;

    private IssuerKeys(string directory, KeyAlgorithm algorithm, IssuerKey[] keys) =>
        (_directory, _algorithm, _keys) = (directory, algorithm, keys);

    /// <summary>The keys, the newest last.</summary>
    public IReadOnlyList<IssuerKey> All => _keys;

    /// <summary>Reads the keys; makes the first one if there is none.</summary>
    /// <exception cref="OptionsException">A file holds no usable key.</exception>
    public static IssuerKeys Open(GatewayServiceOptions options)
    {
        string directory = Path.Combine(options.DataDirectory, Folder);
        Directory.CreateDirectory(directory);
        string[] files = [.. Directory.GetFiles(directory, "*.pem").OrderBy(File.GetCreationTimeUtc)];
        if (options.IssuerKeyFile is not null)
            files = [options.IssuerKeyFile, .. files];
        var keys = new IssuerKeys(directory, options.IssuerKeyAlgorithm, [.. files.Select(Read)]);
        if (files.Length == 0)
            keys.Create();
        return keys;
    }

    /// <summary>Makes a key and stores it; the ledger does not know it yet.</summary>
    public IssuerKey Create()
    {
        var key = IssuerKey.Of(IssuerPrivateKey.Generate(_algorithm));
        PrivateFile.Write(Path.Combine(_directory, key.Id + ".pem"), Encoding.ASCII.GetBytes(key.Private.ToPem()));
        lock (_turn)
            _keys = [.. _keys, key];
        return key;
    }

    /// <summary>Finds the key that signs now: the last registered one that is here and not withdrawn.</summary>
    public (IssuerKey Key, SigningKey Registered)? FindActive(Institution? institution)
    {
        for (int i = (institution?.Keys.Count ?? 0) - 1; i >= 0; i--)
        {
            var registered = institution!.Keys[i];
            if (registered.RevokedAt is null && Find(registered.PublicKeyMultibase) is { } key)
                return (key, registered);
        }

        return null;
    }

    /// <summary>Finds a certain key, if it is here and not withdrawn.</summary>
    public (IssuerKey Key, SigningKey Registered)? FindInForce(Institution? institution, string keyId) =>
        institution?.Keys.FirstOrDefault(registered => registered.Id == keyId) is { RevokedAt: null } registered
        && Find(registered.PublicKeyMultibase) is { } key
            ? (key, registered)
            : null;

    /// <summary>Finds a key that the ledger does not know, the newest first.</summary>
    public IssuerKey? FindUnregistered(Institution institution) => _keys.LastOrDefault(
        key => institution.Keys.All(registered => registered.PublicKeyMultibase != key.Private.PublicKeyMultibase));

    public void Dispose()
    {
        foreach (var key in _keys)
            key.Private.Dispose();
    }

    private static IssuerKey Read(string file)
    {
        try
        {
            return IssuerKey.Of(IssuerPrivateKey.FromPem(File.ReadAllText(file)));
        }
        catch (FormatException exception)
        {
            throw new OptionsException([$"The issuer key {file}: {exception.Message}"]);
        }
    }

    private IssuerKey? Find(string publicKey) =>
        Array.Find(_keys, key => key.Private.PublicKeyMultibase == publicKey);
}

/// <summary>A private key and the name it is registered under.</summary>
/// <param name="Id">The name: made from the public key, so that it is the same wherever the key lies.</param>
/// <param name="Private">The key.</param>
public sealed record IssuerKey(string Id, IssuerPrivateKey Private)
{
    private const int IdBytes = 4;

    public static IssuerKey Of(IssuerPrivateKey key)
    {
        byte[] hash = SHA256.HashData(Encoding.ASCII.GetBytes(key.PublicKeyMultibase));
        return new IssuerKey("key-" + Convert.ToHexStringLower(hash.AsSpan(0, IdBytes)), key);
    }

    /// <summary>Signs a statement.</summary>
    public SignedStatement<T> Sign<T>(T statement)
        where T : class =>
        new(statement, Statements.EncodeSignature(Private.Sign(Statements.BytesToSign(statement))));
}
