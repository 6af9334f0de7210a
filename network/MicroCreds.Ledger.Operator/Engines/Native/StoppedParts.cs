using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>
/// Notes which of an institution's parts a command has stopped and will start again: if it is killed before it does,
/// the next one does.
/// </summary>
internal sealed class StoppedParts(string state, OrganizationSettings organization)
{
    private const string Beginning = "stopped-";

    private string Note => Path.Combine(state, Beginning + organization.MspId);

    public void Write(IEnumerable<string> parts)
    {
        File.WriteAllLines(Note + ".new", parts);
        File.Move(Note + ".new", Note, overwrite: true);
    }

    public IReadOnlyList<string> Read() => File.Exists(Note) ? File.ReadAllLines(Note) : [];

    public void Forget() => File.Delete(Note);

    /// <summary>Forgets every note: once a network is up, all of it runs.</summary>
    public static void ForgetAll(string state)
    {
        foreach (string note in Directory.GetFiles(state, $"{Beginning}*"))
        {
            File.Delete(note);
        }
    }
}
