using System.Reflection;
using System.Runtime.InteropServices;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace MicroCreds.Ledger.Keys.Pkcs11;

/// <summary>
/// A vendor's library in this process. A library is initialized once for the whole process, so that all tokens behind
/// it share it. Thread-safe.
/// </summary>
internal sealed class Pkcs11Module : IDisposable
{
    /// <summary>How long calls under way are waited for before the library is started anew.</summary>
    private static readonly TimeSpan ReloadPatience = TimeSpan.FromSeconds(5);

    /// <summary>How often at most: starting anew ends the sessions of every token behind the library.</summary>
    private static readonly TimeSpan ReloadPause = TimeSpan.FromSeconds(1);

    private static readonly Lock Turn = new();
    private static readonly Dictionary<string, Pkcs11Module> Loaded = [];

    // Calls are readers; who starts the library anew writes, since no call may be under way then.
    private readonly ReaderWriterLockSlim _calls = new();
    private readonly string _path;
    private IPkcs11Library? _library;
    private int _users;
    private long _reloadedAt;

    // The package asks for libdl.so, which only developers' packages bring; its functions are in the C library.
    static Pkcs11Module() => NativeLibrary.SetDllImportResolver(typeof(Pkcs11InteropFactories).Assembly, Resolve);

    private Pkcs11Module(string path) => _path = path;

    /// <summary>The factories of the library's objects.</summary>
    public Pkcs11InteropFactories Factories { get; } = new();

    /// <summary>How often the library was started: handles of an earlier time are worth nothing.</summary>
    public int Generation { get; private set; }

    /// <summary>Takes a share in the library; <see cref="Release"/> gives it back.</summary>
    /// <exception cref="KeyUnavailableException">It cannot be loaded.</exception>
    public static Pkcs11Module Acquire(string path)
    {
        string full = Path.GetFullPath(path);
        lock (Turn)
        {
            if (!Loaded.TryGetValue(full, out var module))
            {
                module = new Pkcs11Module(full);
                module.Load();
                Loaded[full] = module;
            }

            module._users++;
            return module;
        }
    }

    /// <summary>Gives a share back; the last one ends the library.</summary>
    public void Release()
    {
        lock (Turn)
        {
            if (--_users > 0) return;
            Loaded.Remove(_path);
            Dispose();
        }
    }

    /// <summary>Ends the library, unless a call hangs in it, which would hang its end, too.</summary>
    public void Dispose()
    {
        if (!_calls.TryEnterWriteLock(ReloadPatience)) return;
        Unload();
        _calls.ExitWriteLock();
    }

    /// <summary>Calls the library.</summary>
    public T Call<T>(Func<IPkcs11Library, T> call)
    {
        _calls.EnterReadLock();
        try
        {
            return call(_library ?? throw new Pkcs11Exception("C_Initialize", CKR.CKR_CRYPTOKI_NOT_INITIALIZED));
        }
        finally
        {
            _calls.ExitReadLock();
        }
    }

    /// <summary>
    /// Starts the library anew: some find a token that came back only then. Not oftener than once a second, and not
    /// while a call hangs.
    /// </summary>
    /// <param name="generation">The time that the caller knows; if it is over, there is nothing to do.</param>
    public void Reload(int generation)
    {
        if (!_calls.TryEnterWriteLock(ReloadPatience)) return;
        try
        {
            if (Generation != generation || Environment.TickCount64 - _reloadedAt < ReloadPause.TotalMilliseconds)
                return;
            Unload();
            Load();
        }
        finally
        {
            _calls.ExitWriteLock();
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search)
    {
        if (name != "libdl") return 0;
        return NativeLibrary.TryLoad("libdl.so.2", out nint library) || NativeLibrary.TryLoad("libc.so.6", out library)
            || NativeLibrary.TryLoad("libc", out library)
                ? library
                : 0;
    }

    private void Load()
    {
        _reloadedAt = Environment.TickCount64;
        Generation++;
        try
        {
            _library = Factories.Pkcs11LibraryFactory.LoadPkcs11Library(Factories, _path, AppType.MultiThreaded);
        }
        catch (Exception exception) when (exception is Pkcs11Exception or UnmanagedException
            or LibraryArchitectureException)
        {
            throw new KeyUnavailableException(
                $"The PKCS#11 library {_path} cannot be loaded: {exception.Message} Is it the vendor's library for "
                + "this computer's processor, and is its own configuration right?",
                exception);
        }
    }

    private void Unload()
    {
        try
        {
            _library?.Dispose();
        }
        catch (Pkcs11Exception)
        {
            // What cannot be ended is not there any more.
        }

        _library = null;
    }
}
