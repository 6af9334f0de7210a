using System.Diagnostics;
using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace MicroCreds.Ledger.Keys.Pkcs11;

/// <summary>
/// A PKCS#11 token: a hardware security module, a smart card, or SoftHSM. It is opened anew by itself when it was gone;
/// a PIN that was refused is not tried again until its file changes, since tokens lock after a few. Thread-safe.
/// </summary>
public sealed class Pkcs11Token : IKeyPlace
{
    /// <summary>How often an operation is begun anew on a token that was gone.</summary>
    private const int MaxAttempts = 3;

    /// <summary>The most bytes of a PIN file that are read.</summary>
    private const int MaxPinBytes = 4096;

    private readonly Pkcs11Options _options;
    private readonly Pkcs11Module _module;
    private readonly SemaphoreSlim _opening = new(1);
    private volatile Pkcs11Connection? _connection;
    private Task<Pkcs11Connection>? _underWay;
    private byte[]? _refusedPin;

    private Pkcs11Token(Pkcs11Options options, Pkcs11Module module) => (_options, _module) = (options, module);

    /// <inheritdoc/>
    public string Name => $"token \"{_options.Token}\"";

    /// <summary>Loads the library and opens the token.</summary>
    /// <exception cref="KeyUnavailableException">The library, the token or its PIN cannot be used.</exception>
    public static async Task<Pkcs11Token> OpenAsync(Pkcs11Options options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var token = new Pkcs11Token(options, Pkcs11Module.Acquire(options.Module));
        try
        {
            await token.ConnectAsync(cancellationToken).ConfigureAwait(false);
            return token;
        }
        catch
        {
            await token.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<IPlacedKey> FindAsync(string address, CancellationToken cancellationToken)
    {
        var found = await ListAsync(address, cancellationToken).ConfigureAwait(false);
        return found.Count switch
        {
            1 => found[0],
            0 => throw new KeyUnavailableException(
                $"The {Name} has no private key with the label \"{address}\": pkcs11-tool --list-objects shows what "
                + "it has."),
            _ => throw new KeyUnavailableException(
                $"The {Name} has {found.Count} private keys with the label \"{address}\": give each its own."),
        };
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<IPlacedKey>> ListAsync(string label, CancellationToken cancellationToken) => RunAsync(
        (_, session) => Pkcs11Objects.List(this, session, label), $"list the keys labelled \"{label}\"",
        MaxAttempts, cancellationToken);

    /// <inheritdoc/>
    public Task<IPlacedKey> CreateAsync(string label, KeyKind kind, CancellationToken cancellationToken) =>

        // Only once: what looked like a failure may have left a key behind.
        RunAsync(
            (_, session) => Pkcs11Objects.Create(this, session, label, kind),
            $"make a {kind} key labelled \"{label}\"", maxAttempts: 1, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Drop(_connection);
        _module.Release();
        return ValueTask.CompletedTask;
    }

    internal Task<byte[]> SignAsync(Pkcs11Key key, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        byte[] bytes = input.ToArray();
        return RunAsync(
            (connection, session) => Pkcs11Objects.Sign(connection, session, key, bytes),
            $"sign with the key \"{key.Label}\"", MaxAttempts, cancellationToken);
    }

    private async Task<T> RunAsync<T>(
        Func<Pkcs11Connection, ISession, T> work, string what, int maxAttempts, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            var connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await connection.RunAsync(
                    session => work(connection, session), _options.Timeout, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is Pkcs11Exception or KeyGoneException)
            {
                var refusal = exception as Pkcs11Exception;
                bool isLost = refusal is null || Pkcs11Fault.IsLost(refusal);
                if (isLost) Drop(connection);
                if (!isLost || attempt >= maxAttempts)
                {
                    throw refusal is not null
                        ? Pkcs11Fault.Explain(refusal, _options.Token, what)
                        : new KeyUnavailableException(
                            $"The {Name} cannot {what}: it is not there any more. Bring back the token that has it, "
                            + "or register another key.",
                            exception);
                }

                // Opened anew it was still lost: the library itself may be behind.
                if (attempt > 1) _module.Reload(connection.Generation);
            }
            catch (TimeoutException exception)
            {
                throw new KeyUnavailableException(
                    $"The {Name} did not {what} within {_options.Timeout.TotalSeconds:F0} s: is it reachable, and are "
                    + $"{_options.MaxSessions} sessions enough?",
                    exception);
            }
        }
    }

    private async Task<Pkcs11Connection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_connection is { } current && current.Generation == _module.Generation) return current;

        // One deadline over both waits: whoever comes while another waits for an opening waits no longer than that one.
        long began = Stopwatch.GetTimestamp();
        if (!await _opening.WaitAsync(_options.Timeout, cancellationToken).ConfigureAwait(false))
            throw NotOpened(new TimeoutException());
        try
        {
            if (_connection is { } opened && opened.Generation == _module.Generation) return opened;
            Drop(_connection);

            // An opening that hangs is waited for again: a second one would hang beside it.
            _underWay ??= Task.Run(Open, CancellationToken.None);
            var opening = _underWay;
            var left = _options.Timeout - Stopwatch.GetElapsedTime(began);
            await Task.WhenAny(opening, Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken))
                .ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (!opening.IsCompleted) throw new TimeoutException();
            _underWay = null;
            return _connection = await opening.ConfigureAwait(false);
        }
        catch (Pkcs11Exception exception)
        {
            throw Pkcs11Fault.Explain(exception, _options.Token, "be opened");
        }
        catch (TimeoutException exception)
        {
            throw NotOpened(exception);
        }
        finally
        {
            _opening.Release();
        }
    }

    private KeyUnavailableException NotOpened(TimeoutException exception) =>
        new($"The {Name} did not open within {_options.Timeout.TotalSeconds:F0} s: is it reachable?", exception);

    /// <summary>
    /// Opens the token; where it is not seen, or not whole, once more after the library was started anew.
    /// </summary>
    private Pkcs11Connection Open()
    {
        byte[] pin = ReadPin();
        try
        {
            int generation = _module.Generation;
            try
            {
                if (_module.Call(library => TryOpen(library, pin)) is { } connection) return connection;
            }
            catch (Pkcs11Exception exception) when (Pkcs11Fault.IsLost(exception))
            {
                // As when it is not seen.
            }

            _module.Reload(generation);
            return _module.Call(library => TryOpen(library, pin) ?? throw Absent(library));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pin);
        }
    }

    private Pkcs11Connection? TryOpen(IPkcs11Library library, byte[] pin)
    {
        var slot = library.GetSlotList(SlotsType.WithTokenPresent)
            .FirstOrDefault(slot => slot.GetTokenInfo().Label.TrimEnd() == _options.Token);
        if (slot is null) return null;
        var session = slot.OpenSession(SessionType.ReadWrite);
        try
        {
            session.Login(CKU.CKU_USER, pin);
        }
        catch (Pkcs11Exception exception) when (exception.RV == CKR.CKR_USER_ALREADY_LOGGED_IN)
        {
            // Another session of this process did, which counts for all.
        }
        catch (Pkcs11Exception exception) when (exception.RV is CKR.CKR_PIN_INCORRECT or CKR.CKR_PIN_INVALID
            or CKR.CKR_PIN_LEN_RANGE)
        {
            session.Dispose();
            _refusedPin = SHA256.HashData(pin);
            throw Refused(exception);
        }
        catch
        {
            session.Dispose();
            throw;
        }

        return new Pkcs11Connection(_module, _module.Generation, slot, session, _options.MaxSessions);
    }

    private byte[] ReadPin()
    {
        byte[] pin;
        try
        {
            using var file = File.OpenRead(_options.PinFile);
            byte[] buffer = new byte[MaxPinBytes];
            int length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            pin = buffer.AsSpan(0, length).TrimEnd("\r\n"u8).ToArray();
            CryptographicOperations.ZeroMemory(buffer);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new KeyUnavailableException(
                $"The PIN file of the {Name} cannot be read ({exception.GetType().Name}): mend its path or its rights.",
                exception);
        }

        if (_refusedPin is { } refused && SHA256.HashData(pin).AsSpan().SequenceEqual(refused)) throw Refused(null);
        return pin;
    }

    private KeyUnavailableException Refused(Exception? cause) => new(
        $"The {Name} refused the PIN. It is not tried again until the PIN file changes, since tokens lock after a few "
        + "wrong ones: write the right PIN to it.",
        cause);

    private KeyUnavailableException Absent(IPkcs11Library library)
    {
        string[] there =
        [
            .. library.GetSlotList(SlotsType.WithTokenPresent).Select(slot => slot.GetTokenInfo().Label.TrimEnd())
                .Where(label => label.Length > 0).Select(label => $"\"{label}\""),
        ];
        return new KeyUnavailableException(
            $"The PKCS#11 library sees no {Name}, but {(there.Length > 0 ? string.Join(", ", there) : "none")}"
            + ": plug it in or start it, or mend its label. The gateway goes on by itself once it is there.");
    }

    private void Drop(Pkcs11Connection? connection)
    {
        if (connection is null) return;
        Interlocked.CompareExchange(ref _connection, null, connection);
        try
        {
            _module.Call(_ =>
            {
                connection.Dispose();
                return true;
            });
        }
        catch (Pkcs11Exception)
        {
            // The library is gone, and its sessions with it.
        }
    }
}
