using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>
/// Notes that a backup is in its place and what follows is not done yet: the next try goes on with the copy, which has
/// caught up in part, and does not begin anew.
/// </summary>
internal sealed class RestoredCopy(string state, OrganizationSettings organization)
{
    private const string Beginning = "restored-";
    private const string Ending = ".digest";

    /// <summary>The note: what it says is the digest of the backup's file.</summary>
    public string Note => Path.Combine(state, Beginning + organization.MspId + Ending);

    /// <summary>Whether this very backup is in its place.</summary>
    public bool IsOf(string digest) => File.Exists(Note) && File.ReadAllText(Note) == digest;

    public void Write(string digest)
    {
        File.WriteAllText(Note + ".new", digest);
        File.Move(Note + ".new", Note, overwrite: true);
    }

    public void Forget() => File.Delete(Note);

    /// <summary>Forgets every note: once a network's gateways start, the next restore is another one.</summary>
    public static void ForgetAll(string state)
    {
        foreach (string note in Directory.GetFiles(state, $"{Beginning}*{Ending}"))
        {
            File.Delete(note);
        }
    }

    /// <exception cref="OperatorException">The file cannot be read.</exception>
    public static async Task<string> DigestAsync(string file, CancellationToken cancellation)
    {
        try
        {
            return await FileDigests.OfFileAsync(file, cancellation);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(
                $"{file} is no backup that can be read: {exception.Message} Nothing was changed.");
        }
    }
}
