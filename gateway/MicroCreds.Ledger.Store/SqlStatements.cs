using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace MicroCreds.Ledger.Store;

/// <summary>Short forms for statements, the same for both engines.</summary>
public static partial class SqlStatements
{
    /// <summary>Runs one statement or several.</summary>
    public static void Run(this DbConnection connection, string sql)
    {
        ArgumentNullException.ThrowIfNull(connection);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Prepares a statement with parameters <c>$0</c>, <c>$1</c>… to be run many times.</summary>
    public static DbCommand Prepare(this DbConnection connection, string sql, int parameters)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(sql);
        var command = connection.CreateCommand();
        bool isPostgres = connection is NpgsqlConnection;
        command.CommandText = isPostgres ? CountedFromOne(sql) : sql;
        for (int i = 0; i < parameters; i++)
        {
            command.Parameters.Add(
                isPostgres ? new NpgsqlParameter() : new SqliteParameter { ParameterName = "$" + i });
        }

        return command;
    }

    /// <summary>Sets a prepared statement's parameters, in their order.</summary>
    public static DbCommand With(this DbCommand command, params ReadOnlySpan<object?> values)
    {
        ArgumentNullException.ThrowIfNull(command);
        var parameters = command.Parameters;
        for (int i = 0; i < values.Length; i++)
            parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }

    /// <summary>Reads a moment, kept as milliseconds since 1970; null if there is none.</summary>
    public static DateTimeOffset? MomentAt(this DbDataReader row, int column)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));
    }

    /// <summary>PostgreSQL's own parameters begin with <c>$1</c>; a statement in them is sent as it is.</summary>
    private static string CountedFromOne(string sql) => Parameter().Replace(
        sql, match => $"${int.Parse(match.ValueSpan[1..], CultureInfo.InvariantCulture) + 1}");

    [GeneratedRegex(@"\$[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();
}
