using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Signing;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Keys;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// The institution's private keys that this gateway has, in files of their own, in a token or with a key service. Which
/// of them signs is what the ledger says: the one registered last that is not withdrawn. Thread-safe.
/// </summary>
public sealed class IssuerKeys : IDisposable
{
    private const string Folder = "keys";

    private readonly Lock _turn = new();
    private readonly GatewayServiceOptions _options;
    private readonly string _directory;
    private readonly IKeyPlace? _place;
    private volatile IssuerKey[] _keys = [];

    private IssuerKeys(GatewayServiceOptions options, IKeyPlace? place) =>
        (_options, _directory, _place) = (options, Path.Combine(options.DataDirectory, Folder), place);

    /// <summary>The keys, the newest last.</summary>
    public IReadOnlyList<IssuerKey> All => _keys;

    /// <summary>Finds the keys; makes the first one if there is none where keys are made.</summary>
    /// <exception cref="OptionsException">A file holds no usable key, or the place of the keys cannot be used.
    /// </exception>
    public static async Task<IssuerKeys> OpenAsync(GatewayServiceOptions options, KeyPlaces places)
    {
        var keys = new IssuerKeys(options, places.Issuers);
        Directory.CreateDirectory(keys._directory);
        try
        {
            await keys.LookAgainAsync(CancellationToken.None);
            if (!Array.Exists(keys._keys, keys.IsMadeHere))
                await keys.CreateAsync(CancellationToken.None);
            return keys;
        }
        catch (KeyUnavailableException exception)
        {
            keys.Dispose();
            throw new OptionsException([exception.Message]);
        }
    }

    /// <summary>Finds the keys that others have made since: another gateway, or an operator.</summary>
    /// <exception cref="KeyUnavailableException">The place of the keys cannot be used now.</exception>
    public async Task LookAgainAsync(CancellationToken cancellationToken)
    {
        string[] files = [.. Directory.GetFiles(_directory, "*.pem").OrderBy(File.GetCreationTimeUtc)];
        if (_options.IssuerKeyFile is not null)
            files = [_options.IssuerKeyFile, .. files];
        foreach (string file in files)
            Add(Read(file));
        if (_place is null)
            return;
        foreach (var key in await _place.ListAsync(_options.KeyPlaces.IssuerLabel, cancellationToken))
            Add(IssuerKey.Of(new PlacedIssuerSigner(key)));
    }

    /// <summary>Makes a key and stores it; the ledger does not know it yet.</summary>
    /// <exception cref="KeyUnavailableException">The place of the keys makes none now.</exception>
    public async Task<IssuerKey> CreateAsync(CancellationToken cancellationToken)
    {
        if (_place is not null)
        {
            var kind = _options.IssuerKeyAlgorithm == KeyAlgorithm.P256 ? KeyKind.P256 : KeyKind.Ed25519;
            return Add(IssuerKey.Of(new PlacedIssuerSigner(
                await _place.CreateAsync(_options.KeyPlaces.IssuerLabel, kind, cancellationToken))));
        }

        var made = IssuerPrivateKey.Generate(_options.IssuerKeyAlgorithm);
        var key = IssuerKey.Of(made);
        PrivateFile.Write(Path.Combine(_directory, key.Id + ".pem"), Encoding.ASCII.GetBytes(made.ToPem()));
        return Add(key);
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

    /// <summary>Whether the key that was registered last is here; another gateway may have made it.</summary>
    public bool HasNewestOf(Institution institution) =>
        institution.IssuerKeys.LastOrDefault(registered => registered.RevokedAt is null) is not { } newest
        || Find(newest.PublicKeyMultibase) is not null;

    /// <summary>Finds a key where keys are made that the ledger does not know, the newest first.</summary>
    public IssuerKey? FindUnregistered(Institution institution) => _keys.LastOrDefault(
        key => IsMadeHere(key)
            && institution.Keys.All(registered => registered.PublicKeyMultibase != key.Signer.PublicKeyMultibase));

    public void Dispose()
    {
        foreach (var key in _keys)
            (key.Signer as IDisposable)?.Dispose();
    }

    /// <summary>
    /// Whether a key lies where new ones are made: one in a file is not brought to the ledger any more once keys are
    /// made in a token.
    /// </summary>
    private bool IsMadeHere(IssuerKey key) => _place is null || key.Signer is PlacedIssuerSigner;

    private IssuerKey Add(IssuerKey key)
    {
        lock (_turn)
        {
            if (Find(key.Signer.PublicKeyMultibase) is { } known)
            {
                (key.Signer as IDisposable)?.Dispose();
                return known;
            }

            _keys = [.. _keys, key];
            return key;
        }
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
        Array.Find(_keys, key => key.Signer.PublicKeyMultibase == publicKey);
}

/// <summary>A private key and the name it is registered under.</summary>
/// <param name="Id">The name: made from the public key, so that it is the same wherever the key lies.</param>
/// <param name="Signer">Signs with it.</param>
public sealed record IssuerKey(string Id, IIssuerSigner Signer)
{
    private const int IdBytes = 4;

    /// <param name="key">The key.</param>
    /// <param name="prefix">What its name begins with: <see cref="KeyPurpose.LogPrefix"/> for one of the log.</param>
    public static IssuerKey Of(IIssuerSigner key, string prefix = "key-")
    {
        byte[] hash = SHA256.HashData(Encoding.ASCII.GetBytes(key.PublicKeyMultibase));
        return new IssuerKey(prefix + Convert.ToHexStringLower(hash.AsSpan(0, IdBytes)), key);
    }

    /// <summary>Signs a statement.</summary>
    public async ValueTask<SignedStatement<T>> SignAsync<T>(T statement)
        where T : class =>
        new(statement, Statements.EncodeSignature(await Signer.SignAsync(Statements.BytesToSign(statement))));
}
