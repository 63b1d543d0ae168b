"""Tryton's books in a PostgreSQL server: databases, copied whole, or asked with SQL.

usage: postgres.py has|create|drop DATABASE
       postgres.py copy FROM TO [PORT_FILE]        (until the Tryton of that port has found its way back)
       postgres.py run DATABASE STATEMENT          (prints the rows as JSON)

with SPOR_TRYTON_POSTGRES in the environment: postgresql://user:password@host:port
"""
import json
import os
import sys
import urllib.error
import urllib.request

import psycopg2
from psycopg2 import sql

# `demo` is what people sign in to; the others are nobody else's.
NAMES = {'template': 'tryton_demo_template', 'fresh': 'tryton_demo_fresh'}
SERVER = os.environ['SPOR_TRYTON_POSTGRES'].rstrip('/')


def cursor_of(database):
    connection = psycopg2.connect(f'{SERVER}/{NAMES.get(database, database)}')
    connection.autocommit = True
    return connection.cursor()


def identifier(database):
    return sql.Identifier(NAMES.get(database, database))


def has(database):
    cursor = cursor_of('postgres')
    cursor.execute('select 1 from pg_database where datname = %s', [NAMES.get(database, database)])
    sys.exit(0 if cursor.fetchone() else 1)


def drop(database):
    cursor = cursor_of('postgres')
    cursor.execute(sql.SQL('drop database if exists {} with (force)').format(identifier(database)))


def create(database, template=None):
    drop(database)
    cursor = cursor_of('postgres')
    command = sql.SQL('create database {}').format(identifier(database))
    if template:
        cursor.execute(
            'select pg_terminate_backend(pid) from pg_stat_activity where datname = %s',
            [NAMES.get(template, template)])
        command += sql.SQL(' template {} strategy file_copy').format(identifier(template))
    cursor.execute(command)


def copy(source, target, port_file=None):
    create(target, source)
    if port_file:
        with open(port_file) as file:
            find_way_back(file.read().strip())


def find_way_back(port):
    """Tryton meets its dead connections, one a request, till it has a new one: then it refuses this session."""
    request = urllib.request.Request(
        f'http://127.0.0.1:{port}/demo/',
        json.dumps({'id': 1, 'method': 'model.ir.module.search', 'params': [[], {}]}).encode(),
        # nobody:1:none
        {'Content-Type': 'application/json', 'Authorization': 'Session bm9ib2R5OjE6bm9uZQ=='})
    refused = 0
    for _ in range(100):
        try:
            urllib.request.urlopen(request, timeout=30).close()
            refused = 0
        except urllib.error.HTTPError as error:
            refused = refused + 1 if error.code == 401 else 0
        if refused == 3:
            return
    sys.exit('Tryton does not find its way back to its books.')


def run(database, statement):
    cursor = cursor_of(database)
    cursor.execute(statement)
    if cursor.description:
        print(json.dumps(cursor.fetchall()))


COMMAND, *given = sys.argv[1:]
{'has': has, 'create': create, 'drop': drop, 'copy': copy, 'run': run}[COMMAND](*given)
